// What runs on a board.
import { brokerStart, brokerTick } from '../../main'
import { TICK_MS, clockTick } from './clock'
import { FEATURE_LANE } from '../../limits'
import { socketAccept } from './accept'
import { laneCheck, laneTally, laneYield } from './lane'

brokerStart()
// eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
require('net').createServer(socketAccept).listen(1883)
setInterval(() => {
  if (FEATURE_LANE) {
    laneTally()
    laneYield()
  }
  brokerTick(clockTick())
  if (FEATURE_LANE) laneCheck()
}, TICK_MS)
