// A program that goes over the air by `npm run upload -- --host`, to a simulated board; and, by the same code, to the
// real interpreter (ESPRUINO names it), which starts from its own Storage.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterEach, expect, it } from 'vitest'
import { RECORDS_MAKE, storageWrite } from '../../scripts/lib/espruino.mjs'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { ANSWER_TOPIC, OverTheAir, type UpdateCarrier } from '../../src/flash'
import { bytesOfText } from '../../src/simulator/latin1'
import { LiveDriver } from '../../src/simulator/live_driver'
import { ESPRUINO } from '../build/espruino'
import { runProgram, type Ended } from '../flash/command_run'
import { bundleText } from '../support/board_bundle'
import { distExtensions } from '../support/extensions'
import { PATIENCE_MS } from '../support/patience'
import { ANNA, SETTINGS } from './update_world'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

async function boardLive(): Promise<{ driver: LiveDriver, port: number }> {
  const driver = new LiveDriver({
    files: {
      '.bootcde': `print("program old");${bundleText('esp32')}`, 'midge.json': JSON.stringify(SETTINGS),
      ...await distExtensions(SETTINGS),
    },
  })
  ends.push(() => driver.close())
  driver.start()
  return { driver, port: await driver.listen(1883) }
}

const upload = (options: string[], password = ANNA.password): Promise<Ended> => runProgram(
  process.execPath, ['scripts/upload.mjs', ...options], { MIDGE_USER_PASSWORD: password })

it('goes onto a board that runs, and runs there', async () => {
  const { driver, port } = await boardLive()
  const { code, output } = await upload(['--host', `127.0.0.1:${port}`, '--user', 'anna'])
  expect([code, output]).toEqual([0, expect.stringMatching(
    /\.bootcde: \d+ bytes\nthe board starts anew with it\ndone: the board runs it, and keeps it when /)])
  expect(driver.board.output.filter((line) => /^(program|restart)/.test(line)))
    .toEqual(['program old', 'restart: reboot'])
})

it('says what is wrong, in a sentence', async () => {
  const { port } = await boardLive()
  const host = `127.0.0.1:${port}`
  expect(await upload(['--host', host]))
    .toEqual({ code: 2, output: expect.stringContaining('who sends it?') as string })
  expect(await upload(['--host', 'a b:c', '--user', 'anna']))
    .toEqual({ code: 2, output: expect.stringContaining('"a b:c" is no address') as string })
  expect(await upload(['--host', host, '--user', 'anna', '--hub', 'x.js']))
    .toEqual({ code: 2, output: expect.stringContaining('--host sends the broker alone') as string })
  expect(await upload(['--host', host, '--user', 'anna'], 'wrong'))
    .toEqual({ code: 4, output: expect.stringContaining('does not let anna in') as string })
  expect(await upload(['--host', host, '--user', 'otto'], SETTINGS.users.otto))
    .toEqual({ code: 12, output: expect.stringContaining('the board refuses it: not authorised') as string })
})

/** A real interpreter in a folder with its flash; it runs what Storage has, and a script. */
function engineStart(folder: string, script: string): { child: ChildProcess, output: () => string } {
  writeFileSync(join(folder, 'script.js'), script, 'latin1')
  const child = spawn(ESPRUINO, ['script.js'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.on('data', (data: Buffer) => { text += data.toString('latin1') })
  ends.push(() => child.kill('SIGKILL'))
  return { child, output: () => text }
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS
  while (!isSo() && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(isSo()).toBe(true)
}

/** A client of a broker on a port that carries an update. */
async function carrierTo(port: number): Promise<UpdateCarrier> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    username: ANNA.name, password: ANNA.password, protocolVersion: 4, reconnectPeriod: 0,
  })
  client.on('error', () => undefined)
  ends.push(() => client.end(true))
  await client.subscribeAsync(ANSWER_TOPIC)
  return {
    publish: (topic, payload) => { client.publish(topic, payload); return Promise.resolve() },
    onAnswer: (hear) => { client.on('message', (_topic, payload) => hear(payload.toString())) },
  }
}

it.skipIf(!ESPRUINO)('goes onto the real interpreter, which runs it when it starts again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'midge-update-'))
  const port = await freePort()
  const settings = { ...SETTINGS, port }
  const { 'm.slots': slots, ...files } = await distExtensions(settings)
  const all = { ...files, '.bootcde': bundleText('esp32'), 'midge.json': JSON.stringify(settings) }
  const setup = RECORDS_MAKE + `(function(s,n){s.write("m.slots","\\xff",0,n);s.write("m.slots",".",n-1)})`
    + `(require("Storage"),${slots.length});\n`
    + Object.entries(all).map(([name, data]) => storageWrite(name, data)).join('') + 'print("WRITTEN")\n'
  const first = engineStart(folder, setup)
  await until(() => first.output().includes('WRITTEN'))
  first.child.kill('SIGKILL')
  const old = engineStart(folder, '')
  await until(() => old.output().includes('connected: 0'))
  const program = `print("program two");${bundleText('esp32')}`
  const number = await new OverTheAir(await carrierTo(port)).send(bytesOfText(program), ANNA, () => undefined)
  expect(number).toBe(1)
  // It cannot start itself anew: it ends.
  await until(() => old.child.exitCode !== null)
  const fresh = engineStart(folder, '')
  await until(() => fresh.output().includes('connected: 0'))
  expect(fresh.output()).toContain('program two')
  expect(await new OverTheAir(await carrierTo(port)).hello()).toEqual({ board: 'LINUX', number: 1 })
  fresh.child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
