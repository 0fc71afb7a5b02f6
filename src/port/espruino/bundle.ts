// What runs on a board.
import { brokerStart, brokerTick } from '../../main'
import { TICK_MS, clockTick } from './clock'
import { FEATURE_BOARD_SERVICES, FEATURE_BRIDGE, FEATURE_LANE, FEATURE_RECORDS } from '../../limits'
import { socketAccept } from './accept'
import { bridgeStart } from './bridge'
import { configuration } from './configuration'
import { hubStart } from './hub'
import { laneCheck, laneTally } from './lane'
import { laneYield, queuesLook } from './lane_send'
import { recordsCommit } from './records'
import { recordsTick } from './records_tick'
import { servicesStart, servicesTick, wifiBegin } from './services'
import { sockets } from './sockets'

brokerStart()
if (FEATURE_BOARD_SERVICES) servicesStart()
// eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
require('net').createServer(socketAccept).listen(FEATURE_BOARD_SERVICES && configuration.port || 1883)
setInterval(() => {
  if (FEATURE_LANE) {
    laneTally()
    queuesLook(sockets)
    laneYield()
  }
  if (FEATURE_RECORDS) recordsTick()
  if (FEATURE_BOARD_SERVICES) servicesTick()
  const nowMs = clockTick()
  if (nowMs >= 0) brokerTick(nowMs)
  if (FEATURE_RECORDS) recordsCommit()
  if (FEATURE_LANE) laneCheck()
}, TICK_MS)
if (FEATURE_BRIDGE) bridgeStart()
// It may do what it likes: the broker stands.
if (FEATURE_BOARD_SERVICES) {
  hubStart()
  wifiBegin()
}
