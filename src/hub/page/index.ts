// The extension m.page: the broker's page for browsers, and MQTT over WebSockets for it, on a port of their own.
// midge.json: "dashboard": true, or the port where it is not 80.
//
// Memory: little until somebody comes: what serves visitors is made then (scripts/build/lists/extensions.mjs), and let
// go of with the last of them.
import { packetWrite } from './frame_write'
import type { Visitor } from './visitor'
import { visitorsBegin } from './visitors'

const PORT = 80
/** Beside m.rescue, whose access point has a page on that port too. */
const OTHER_PORT = 8_080

const given = configuration.dashboard
delete configuration.dashboard

/** What takes a visitor, while there are any. */
let take: ((visitor: Visitor) => void) | undefined

function onEmpty(): void {
  take = undefined
}

function onVisitor(visitor: Visitor): void {
  if (!take) take = visitorsBegin(packetWrite, onEmpty)
  take(visitor)
}

function start(): void {
  // The build writes `true` as 1, which equals it: only its type tells them apart.
  const isSwitch = typeof given === 'boolean'
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const list = (require('Storage') as { read(name: string): string }).read('m.list')
  const isTaken = list.indexOf('m.rescue') > 0
  const port = !isSwitch ? given as number : isTaken ? OTHER_PORT : PORT
  if (isSwitch && !given) return
  if (typeof port !== 'number' || !(port >= 1 && port <= 65_535)) {
    return print('midge.json: dashboard must be true, false or a port from 1 to 65535')
  }
  if (isTaken && port === PORT) return print('midge.json: dashboard: 80 is the port of the access point\'s page')
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
    require('crypto')
  } catch {
    return print('dashboard: this firmware has no crypto')
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  ;(require('net') as { createServer(take: typeof onVisitor): { listen(port: number): void } })
    .createServer(onVisitor).listen(port)
  print(`dashboard: port ${port}`)
}

start()
