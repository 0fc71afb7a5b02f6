// A client that is refused on a board with hub.js, which is told of who comes and goes: nothing but its own end. In the
// real interpreter, which ESPRUINO names: there a row below 0 of a table throws.
import { connect as connectSocket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { storageWrite } from '../../scripts/lib/espruino.mjs'
import { ESPRUINO, startEspruino } from '../build/espruino'
import { bundleText } from '../support/board_bundle'
import { HUB_EXTENSION } from '../support/extensions'
import { PATIENCE_MS } from '../support/patience'

const CONNECT = Buffer.from('\x10\x0d\0\x04MQTT\x04\x02\0\0\0\x01a', 'latin1')

describe.skipIf(!ESPRUINO)('a client that is refused (ESPRUINO)', () => {
  it('ends once, and the board goes on', async () => {
    const port = await freePort()
    const settings = JSON.stringify({ port, users: { ann: 'secret' }, sys_interval: 1 })
    const beside = Object.entries(HUB_EXTENSION).map(([name, data]) => storageWrite(name, data)).join('')
    const run = startEspruino(beside + storageWrite('midge.json', settings)
      + storageWrite('hub.js', 'midge.subscribe("$SYS/broker/uptime",function(){print("TICK")})') + bundleText('esp32'))
    const until = async (text: RegExp): Promise<void> => {
      const endMs = performance.now() + PATIENCE_MS
      while (!text.test(run.output()) && performance.now() < endMs) await new Promise((done) => setTimeout(done, 20))
    }
    await until(/connected/)
    connectSocket({ port, host: '127.0.0.1' }).on('error', () => undefined).end(CONNECT)
    await until(/closed: [^]*TICK[^]*TICK/)
    run.child.kill('SIGKILL')
    run.remove()
    expect(run.output().match(/closed: /g)).toHaveLength(1)
    expect(run.output()).not.toContain('error')
  })
})
