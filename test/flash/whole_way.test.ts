// From a blank chip to a real client's first message, at the terminal, with each form in which Espruino ships.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StandInChip } from '../../src/simulator/chip/stand_in_chip'
import { LiveDriver } from '../../src/simulator/live_driver'
import { carriesMessages } from './first_message'
import { flashAtPort } from './flash_at_port'
import { HAS_PSEUDO_TERMINAL } from './pseudo_port'
import { ARCHIVES } from './release'
import { MANIFEST, ReleaseServer } from './release_server'

const USER = { username: 'ann', password: 'psst' }

/** Each waits most of its time, as esptool-js does. */
const AT_ONCE = { concurrent: true }

describe.skipIf(!HAS_PSEUDO_TERMINAL)('a blank chip that is flashed at the terminal (python3)', AT_ONCE, () => {
  const folder = mkdtempSync(join(tmpdir(), 'midge-whole-way-'))
  let server: ReleaseServer
  beforeAll(async () => {
    server = await ReleaseServer.start()
    server.add(MANIFEST)
  })
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const forms = ARCHIVES.map(({ name, chip, make }) => ({
    name,
    chip,
    place: () => {
      const file = join(folder, name)
      writeFileSync(file, make())
      return file
    },
  }))

  it.each([...forms, { name: MANIFEST, chip: 'ESP32' as const, place: () => server.at(MANIFEST) }])(
    'carries a first message, with $name and $chip', async ({ chip: name, place }) => {
      const chip = new StandInChip(name)
      let driver: LiveDriver | undefined
      chip.started = () => {
        const log = (line: string): void => chip.send(Buffer.from(`${line}\r\n`))
        driver = new LiveDriver({ flash: chip.flash.bytes, networks: { home: 'hush-hush' }, log })
        driver.start()
      }
      try {
        const { code, output } = await flashAtPort(chip, {}, ['--firmware', place(), '--ssid', 'home', '--password',
          'hush-hush', '--user', `${USER.username}:${USER.password}`])
        expect([code, output]).toEqual([0, expect.stringContaining('done. Try it: mosquitto_sub -h 192.168.1.50 ')])
        await carriesMessages(await driver!.listen(1_883), USER)
      } finally {
        driver?.close()
      }
    })
})
