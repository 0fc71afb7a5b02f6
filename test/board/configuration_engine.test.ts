// A midge.json in the real interpreter, which ESPRUINO names: what the language of a computer forgives it does not.
import { afterEach, describe, it } from 'vitest'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { storageBuild } from '../../src/flash'
import { ESPRUINO } from '../build/espruino'
import { bundleText } from '../support/board_bundle'
import { StorageEngine } from './storage_engine'

let engine: StorageEngine | undefined
afterEach(() => engine?.end())

describe.skipIf(!ESPRUINO)('midge.json in the real interpreter', () => {
  it.each(['allow_anonymous', 'telnet'])('may have %s', async (key) => {
    const port = await freePort()
    const settings = { port, users: { anna: 'right' }, [key]: true }
    const file = { name: 'midge.json', data: Buffer.from(JSON.stringify(settings)) }
    engine = new StorageEngine(storageBuild([file], Buffer.from(bundleText('esp32'), 'latin1'), []))
    engine.start()
    // What is wrong with a file opens the access point's port, and not this one.
    await engine.untilItListens(port)
  })
})
