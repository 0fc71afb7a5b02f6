// A board from the cable to a client: flashed with the bundle as it is shipped, booted from the flash that its chip
// then holds, and used through MQTT.js.

import { readFileSync } from 'node:fs'
import { connectAsync } from 'mqtt'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { distFresh } from '../../scripts/lib/dist.mjs'
import { archiveFiles } from '../../src/flash/archive'
import type { ReleaseFiles } from '../../src/flash/archive'
import { firmwareRead } from '../../src/flash/firmware'
import { STORAGE_SIZE, STORAGE_START, chipLayout } from '../../src/flash/layout'
import { partList } from '../../src/flash/part_list'
import { Programmer } from '../../src/flash/programmer'
import { CONFIGURATION_FILE, storageBuild } from '../../src/flash/storage_build'
import { RECORD_HEADER_SIZE, recordEnd, recordHeader, storageRecords } from '../../src/flash/storage_record'
import { StandInChip } from '../../src/simulator/chip/stand_in_chip'
import { StandInPort } from '../../src/simulator/chip/stand_in_port'
import { LiveDriver } from '../../src/simulator/live_driver'
import { ESPRUINO, startEspruino } from '../build/espruino'
import { carriesMessages } from './first_message'
import { ARCHIVES, releaseFiles } from './release'
import { PATIENCE_MS } from '../support/patience'

const LAYOUT = chipLayout('ESP32')!
const BROKER_PORT = 18_871
const USER = { username: 'anna', password: 'hush-hush' }
const CONFIGURATION = {
  wifi_ssid: 'home', wifi_password: 'of the house', hostname: 'hall', port: BROKER_PORT,
  users: { [USER.username]: USER.password },
}

/** Flashes a stand-in chip with a board's bundle and a release; answers the flash that it holds then. */
async function flashed (board: string, layout = LAYOUT, release?: ReleaseFiles): Promise<Uint8Array> {
  const chip = new StandInChip(layout.chip)
  const broker = new Uint8Array(readFileSync(await distFresh(board)))
  const configuration = { name: CONFIGURATION_FILE, data: new TextEncoder().encode(JSON.stringify(CONFIGURATION)) }
  const firmware = firmwareRead(release ?? new Map(Object.entries(releaseFiles(layout))), layout)
  const programmer = await Programmer.connect(new StandInPort(chip))
  await programmer.write(partList(layout, firmware, storageBuild([configuration], broker)))
  await programmer.close()
  return chip.flash.bytes
}

/**
 * Storage for Espruino for Linux, whose pages have 1 kB: it would take the erased rest of an ESP32's page of 4 kB for
 * the end of Storage. What is a deleted file to it stands there. Its flash must be as large as that of a board.
 */
function linuxStorage (storage: Uint8Array): Uint8Array {
  const image = storage.slice()
  const [configuration, broker] = storageRecords(storage).slice(-2)
  const gap = recordEnd(configuration)
  image.set(recordHeader('', broker.offset - gap - RECORD_HEADER_SIZE), gap)
  return image
}

// It builds its bundle first, which takes long on a busy machine.
describe('a board that was flashed', () => {
  let flash: Uint8Array
  beforeAll(async () => { flash = await flashed(LAYOUT.board) }, 180_000)

  it('joins the Wi-Fi of its configuration and serves its users', async () => {
    let heard: (line: string) => void
    const address = new Promise(resolve => {
      heard = line => { if (line.startsWith('Wi-Fi connected')) resolve(line) }
    })
    const driver = new LiveDriver({ flash, networks: { home: 'of the house' }, log: line => heard(line) })
    driver.start()
    try {
      await carriesMessages(await driver.listen(BROKER_PORT), USER)
      expect(await address).toBe('Wi-Fi connected, address 192.168.1.50')
      expect(driver.board.wifi.hostname).toBe('hall')
    } finally {
      driver.close()
    }
  })

  it.skipIf(!ESPRUINO).each(ARCHIVES)('serves its users in the real interpreter, flashed for $chip with $name', async (
    { chip, make },
  ) => {
    const image = await flashed('espruino_linux', chipLayout(chip), archiveFiles(make()))
    const storage = linuxStorage(image.subarray(STORAGE_START, STORAGE_START + STORAGE_SIZE))
    const run = startEspruino('eval(require("Storage").read(".bootcde"))', { 'espruino.flash': storage })
    try {
      await vi.waitFor(async () => (await connectAsync({ port: BROKER_PORT, host: '127.0.0.1', ...USER })).endAsync(),
        { timeout: PATIENCE_MS, interval: 200 })
      await carriesMessages(BROKER_PORT, USER)
    } finally {
      run.child.kill('SIGKILL')
      run.remove()
    }
  })
})
