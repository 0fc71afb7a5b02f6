// The simulated board beside a real Espruino (ESPRUINO names the binary): the same programs, the same peers, the
// same answers. What the simulator says about the engine is held to the engine here.

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { LiveDriver } from '../../src/simulator/live_driver'
import { ESPRUINO, runEspruino, startEspruino } from '../build/espruino'
import { boot } from './boot'
import { EXPRESSIONS } from './engine_expressions'

const PROGRAM_PORT = 18_850

const LOGGING = `require("net").createServer(function (c) {
  c.on("data", function (d) { print("data " + d.length);
    if (d[0] === "e") c.write(d);
    if (d[0] === "u") c.write(new Uint8Array([65, 66]));
    if (d[0] === "q") { c.write("bye"); c.end(); try { c.write("x") } catch (e) { print("throws") } }
    if (d[0] === "t") throw new Error("oops"); });
  c.on("end", function () { print("end") });
  c.on("close", function (e) { print("close " + e) });
}).listen(${PROGRAM_PORT}); print("up");`

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** What each peer does, one after another; all are given time to be answered. */
const PEERS: ((socket: Socket) => Promise<void>)[] = [
  async socket => { socket.write('echo') },
  async socket => { socket.write('e'.repeat(1_300)) },
  async socket => { socket.write('u') },
  async socket => { socket.write('quit') },
  async socket => {
    socket.write('quit')
    for (let i = 0; i < 3; i++) {
      await sleep(60)
      socket.write('late')
    }
  },
  async socket => { socket.end('e') },
  async socket => { socket.end() },
  async socket => { socket.write('x'); await sleep(100); socket.resetAndDestroy() },
  async socket => { socket.write('throw'); await sleep(100); socket.write('e') },
]

/** Plays one peer; answers what it received and whether the other side closed. */
async function play (port: number, peer: (socket: Socket) => Promise<void>): Promise<string> {
  let received = ''
  let closed = false
  let failed = false
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('data', data => { received += data.toString('latin1') })
  socket.on('error', () => { failed = true })
  socket.on('end', () => { closed = true })
  await new Promise(resolve => socket.once('connect', resolve))
  await sleep(60)
  await peer(socket)
  await sleep(250)
  socket.destroy()
  await sleep(120)
  const end = `${closed ? ', closed' : ''}${failed ? ', reset' : ''}`
  return `received ${received.length > 20 ? received.length : received}${end}`
}

async function playAll (port: number): Promise<string[]> {
  const answers: string[] = []
  for (const peer of PEERS) answers.push(await play(port, peer))
  return answers
}

const events = (lines: string[]): string[] => lines.filter(line => /^(data|end|close|throws)/.test(line))

describe.skipIf(!ESPRUINO)('beside a real Espruino', () => {
  it('evaluates alike', async () => {
    const program = EXPRESSIONS.map((expression, index) =>
      `try { print("${index} = " + (${expression})) } catch (e) { print("${index} throws") }`).join('\n')
    const named = (lines: string[]): string[] =>
      lines.map(line => line.replace(/^\d+/, index => `${index}, ${EXPRESSIONS[Number(index)]}:`))
    expect(named(boot(program).board.output)).toEqual(named(await runEspruino(program)))
  })

  it('treats sockets alike', async () => {
    const real = startEspruino(LOGGING)
    await sleep(700)
    const realAnswers = await playAll(PROGRAM_PORT)
    real.child.kill('SIGKILL')
    real.remove()
    const live = new LiveDriver({ files: { '.bootcde': LOGGING } })
    live.start()
    const answers = await playAll(await live.listen(PROGRAM_PORT))
    live.close()
    expect(answers).toEqual(realAnswers)
    const realLines = real.output().split(/\r?\n/).map(line => line.replace(/^>\s*/, ''))
    expect(events(live.board.output)).toEqual(events(realLines))
  })
})
