// From a blank chip to Home Assistant's discovery message at a real client, through a power cut: flashed at the
// terminal, its flash booted by the simulated board, and by the real interpreter where ESPRUINO names one.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { StandInChip } from '../../src/simulator/chip/stand_in_chip'
import { LiveDriver } from '../../src/simulator/live_driver'
import { StorageEngine } from '../board/storage_engine'
import { ESPRUINO } from '../build/espruino'
import { discoveryFaults } from '../support/home_assistant_discovery'
import { PATIENCE_MS } from '../support/patience'
import { flashAtPort } from './flash_at_port'
import { HAS_PSEUDO_TERMINAL } from './pseudo_port'
import { ARCHIVES } from './release'

const USER = { username: 'ann', password: 'psst' }
const DISCOVERY = /^homeassistant\/device\/midge_\w+\/config$/
/** What a device of somebody else has announced: the board must have it when it is back. */
const THERMOMETER = ['homeassistant/sensor/attic/config', '{"unique_id":"attic","state_topic":"attic/state"}'] as const

/**
 * What a client has that subscribes as Home Assistant does, once the board's own message is there, and `count` in all:
 * payloads by topic. It announces the thermometer before it leaves, where that is asked for.
 */
async function discovered (port: number, count: number, isAnnounced: boolean): Promise<Map<string, string>> {
  const client = await connectAsync({ port, host: '127.0.0.1', protocolVersion: 5, reconnectPeriod: 0, ...USER })
  try {
    const found = new Map<string, string>()
    client.on('message', (topic, payload) => found.set(topic, payload.toString()))
    await client.subscribeAsync(['homeassistant/+/+/config', 'homeassistant/+/+/+/config'])
    await expect.poll(() => found.size, { timeout: PATIENCE_MS }).toBe(count)
    const seen = new Map(found)
    if (isAnnounced) await client.publishAsync(...THERMOMETER, { qos: 1, retain: true })
    return seen
  } finally {
    await client.endAsync(true)
  }
}

/** Both times the board is a device by Home Assistant's rules, and what was told before the power went is there. */
function judge (before: Map<string, string>, after: Map<string, string>): void {
  const own = [...before.keys()]
  expect(own).toEqual([expect.stringMatching(DISCOVERY)])
  expect(discoveryFaults(own[0], before.get(own[0])!)).toEqual([])
  expect(after).toEqual(new Map([...before, THERMOMETER]))
}

describe.skipIf(!HAS_PSEUDO_TERMINAL)('a blank chip that is flashed for Home Assistant (python3)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'midge-discovery-'))
  const chip = new StandInChip('ESP32')
  let port: number
  let blank: boolean
  let drivers: LiveDriver[] = []

  /** Switches on a board with this flash; answers the port of this computer at which it serves. */
  function boot (flash: Uint8Array, log?: (line: string) => void): Promise<number> {
    const driver = new LiveDriver({ flash, networks: { home: 'hush-hush' }, ...log && { log } })
    drivers.push(driver)
    driver.start()
    return driver.listen(port)
  }

  beforeAll(async () => {
    port = await freePort()
    blank = chip.flash.bytes.every(byte => byte === 0xff)
    const config = join(folder, 'midge.json')
    writeFileSync(config, JSON.stringify({
      wifi_ssid: 'home', wifi_password: 'hush-hush', users: { [USER.username]: USER.password }, homeassistant: true,
      port,
    }))
    const { name, make } = ARCHIVES.find(archive => archive.chip === 'ESP32')!
    writeFileSync(join(folder, name), make())
    chip.started = () => { void boot(chip.flash.bytes, line => chip.send(Buffer.from(`${line}\r\n`))) }
    const { code, output } = await flashAtPort(chip, {}, ['--firmware', join(folder, name), '--config', config])
    expect([code, output]).toEqual([0, expect.stringContaining('done. Try it: mosquitto_sub -h 192.168.1.50 ')])
  })
  afterAll(() => {
    for (const driver of drivers) driver.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is seen by its client before and behind a power cut, in the simulated board', async () => {
    expect(blank).toBe(true)
    for (const driver of drivers) driver.close()
    drivers = []
    const before = await discovered(await boot(chip.flash.bytes), 1, true)
    const [first] = drivers
    // What is in flash at this moment is all that the next one has.
    const flash = first.board.flash.bytes.slice()
    first.close()
    judge(before, await discovered(await boot(flash), 2, false))
  })

  it.skipIf(!ESPRUINO)('and so in the real interpreter (ESPRUINO)', async () => {
    const engine = new StorageEngine(chip.flash.bytes.slice(STORAGE_START, STORAGE_START + STORAGE_SIZE))
    for (const driver of drivers) driver.close()
    const start = async (): Promise<void> => {
      engine.start()
      await engine.untilItListens(port)
    }
    try {
      await start()
      const before = await discovered(port, 1, true)
      await engine.cut()
      await start()
      judge(before, await discovered(port, 2, false))
    } finally {
      engine.end()
    }
  })
})
