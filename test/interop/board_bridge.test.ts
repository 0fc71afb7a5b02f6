// A bridge of a board to mosquitto, from `npm start`: the bundle of an ESP32 in the simulator and, where ESPRUINO names
// one, in the real interpreter.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { moduleFresh } from '../../scripts/lib/node_module.mjs'
import { SIMULATOR } from '../../scripts/start/simulator.mjs'
import { ESPRUINO } from '../build/espruino'
import { RSA_KEY, certificatesMake, hasOpenssl } from '../gateway/certificates'
import { BrokerProgram, brokerProgramsEnd } from './broker_program'
import { clientsEnd, connect } from './mqttjs_client'
import { MOSQUITTO, describeInstalled } from './optional'
import { Program, programsEnd } from './program'

const START = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))
const ENGINES: [engine: string, board: string][] = [['simulator', 'esp32']]
if (ESPRUINO) ENGINES.push(['espruino', 'espruino_linux'])

const folder = mkdtempSync(join(tmpdir(), 'midge-bridge-'))
const PATIENCE = { timeout: 20_000, interval: 50 }

/** A board with these lines of a bridge and a flash of this name; answers its process and the address of its broker. */
async function boardStart(
  engine: string, board: string, flash: string, port: number, lines: string[],
): Promise<{ program: Program, url: string }> {
  const config = join(folder, 'midge.json')
  writeFileSync(config, JSON.stringify({ bridge: [`address 127.0.0.1:${port}`, 'remote_clientid attic', ...lines] }))
  const program = new Program(process.execPath, [START, '--port', '0', '--plain', '--engine', engine, '--board', board,
    '--config', config, '--flash', join(folder, `${board}-${flash}.flash`)])
  const line = await program.line(/ listens on .* port \d+$/)
  return { program, url: `mqtt://127.0.0.1:${/\d+$/.exec(line)![0]}` }
}

describeInstalled('a board\'s bridge to mosquitto', MOSQUITTO !== undefined, 'mosquitto', () => {
  beforeAll(async () => {
    for (const [, board] of ENGINES) await distFresh(board)
    await moduleFresh(SIMULATOR)
  })
  afterEach(async () => {
    await clientsEnd()
    await programsEnd()
    await brokerProgramsEnd()
  })
  // An interpreter whose npm start was killed ends when it next prints something.
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 }))

  it.each(ENGINES)('in the %s carries both ways, says that it is there, and goes on after either was killed',
    async (engine, name) => {
      const upper = new BrokerProgram('mosquitto', await freePort(), [])
      await upper.start()
      const lines = ['topic up/# out 2 "" attic/', 'topic down/# in 2 "" attic/', 'topic both/# both 1']
      let board = await boardStart(engine, name, 'killed', upper.port, lines)
      await board.program.line(/^bridge: connected/)
      const above = await connect(upper.url, 4)
      await above.subscribe(['attic/up/#', 'both/#', '$SYS/broker/connection/attic/state'], { qos: 2 })
      const below = await connect(board.url, 4)
      await below.subscribe(['down/#', 'both/#'], { qos: 2 })
      const large = 'x'.repeat(20_000)
      for (const qos of [0, 1, 2] as const) {
        await below.publish(`up/${qos}`, `up ${qos}`, { qos })
        await above.publish(`attic/down/${qos}`, `down ${qos}`, { qos })
      }
      await below.publish('up/large', large, { qos: 1 })
      await below.publish('both/a', 'from below', { qos: 1 })
      await above.publish('both/b', 'from above', { qos: 1 })
      await above.received(7)
      await below.received(5)
      expect(above.texts.sort()).toEqual(['1', 'from above', 'from below', large, 'up 0', 'up 1', 'up 2'].sort())
      expect(below.texts.sort()).toEqual(['down 0', 'down 1', 'down 2', 'from above', 'from below'])

      await upper.kill()
      await board.program.line(/^bridge: lost/)
      // The first is sent in pieces while the bridge says what it has to say itself.
      const kept = [`kept ${large}`, 'kept 1', 'kept 2']
      for (const text of kept) await below.publish('up/kept', text, { qos: 1 })
      await clientsEnd()
      board.program.signal('SIGKILL')
      await board.program.end()
      await upper.start()
      const again = await connect(upper.url, 4)
      await again.subscribe('attic/up/kept', { qos: 1 })
      board = await boardStart(engine, name, 'killed', upper.port, lines)
      await again.received(3)
      expect(again.texts).toEqual(kept)
    }, 60_000)

  it.each(ENGINES)('in the %s has the last of each topic for it, and says here whether it is connected',
    async (engine, name) => {
      const upper = new BrokerProgram('mosquitto', await freePort(), [])
      await upper.start()
      const lines = ['topic up/# out 1', 'bridge_queue_policy latest']
      let board = await boardStart(engine, name, 'latest', upper.port, lines)
      await board.program.line(/^bridge: connected/)
      const below = await connect(board.url, 4)
      await below.subscribe('$SYS/broker/connection/attic/state', { qos: 0 })
      await vi.waitFor(() => expect(below.texts.at(-1)).toBe('1'), PATIENCE)
      await upper.kill()
      await board.program.line(/^bridge: lost/)
      for (let i = 0; i < 3; i++) {
        await below.publish('up/a', `a ${i}`, { qos: 1 })
        await below.publish('up/b', `b ${i}`, { qos: 1 })
      }
      await vi.waitFor(() => expect(below.texts.at(-1)).toBe('0'), PATIENCE)
      await clientsEnd()
      board.program.signal('SIGKILL')
      await board.program.end()
      await upper.start()
      const again = await connect(upper.url, 4)
      await again.subscribe('up/#', { qos: 1 })
      board = await boardStart(engine, name, 'latest', upper.port, lines)
      await again.received(2)
      expect(again.texts).toEqual(['a 2', 'b 2'])
    }, 60_000)

  it.runIf(hasOpenssl).each(ENGINES)('in the %s carries both ways by TLS', async (engine, name) => {
    const certificate = certificatesMake(RSA_KEY)
    const plain = await freePort()
    const upper = new BrokerProgram('mosquitto', await freePort(), [
      `certfile ${certificate('server.crt')}`, `keyfile ${certificate('server.key')}`, 'user root',
      `listener ${plain} 127.0.0.1`,
    ])
    await upper.start()
    const lines = ['topic up/# out 1', 'topic down/# in 1', 'bridge_insecure true']
    const board = await boardStart(engine, name, 'tls', upper.port, lines)
    await board.program.line(/^bridge: connected/)
    const above = await connect(`mqtt://127.0.0.1:${plain}`, 4)
    await above.subscribe('up/#', { qos: 1 })
    const below = await connect(board.url, 4)
    await below.subscribe('down/#', { qos: 1 })
    const large = 'x'.repeat(20_000)
    for (const text of ['small', large]) {
      await below.publish('up/a', text, { qos: 1 })
      await above.publish('down/a', text, { qos: 1 })
    }
    await above.received(2)
    await below.received(2)
    expect([above.texts, below.texts]).toEqual([['small', large], ['small', large]])
  }, 60_000)
})
