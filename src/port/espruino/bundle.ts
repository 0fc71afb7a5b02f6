// What runs on a board.
import { brokerStart, brokerTick, recordsLost, retainedLeft } from '../../main'
import { TICK_MS, clockTick } from './clock'
import {
  FEATURE_BOARD_SERVICES, FEATURE_LANE, FEATURE_RECORDS, QUEUE_ROWS_ROOM, RETAINED_ROOM, SUBSCRIPTIONS_ROOM, TABLES_FIT,
} from '../../limits'
import { socketAccept } from './accept'
import { configuration } from './configuration'
import { extensionsStart, seconds } from './extensions'
import { laneCheck, laneTally } from './lane'
import { laneYield, queuesLook } from './lane_send'
import { recordsCommit, recordsDamaged, sectorCount } from './records'
import { recordsTick } from './records_tick'
import { servicesStart, servicesTick, wifiBegin } from './services'
import { sockets } from './sockets'

brokerStart()
if (TABLES_FIT) {
  print(`room for ${SUBSCRIPTIONS_ROOM} subscriptions, ${RETAINED_ROOM} retained `
    + `and ${QUEUE_ROWS_ROOM} queued messages`)
  if (FEATURE_RECORDS && !sectorCount) print('no midge.db, all ends with the power: set it up anew')
  if (retainedLeft + recordsLost) {
    print(`no room for ${retainedLeft} retained messages, which stay in flash, and ${recordsLost} queued ones`)
  }
}
// Two are what a power cut leaves.
if (FEATURE_RECORDS && recordsDamaged > 2) print(`damaged places in midge.db: ${recordsDamaged}`)
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
  if (FEATURE_BOARD_SERVICES) for (const each of seconds) each()
}, TICK_MS)
// They, and the owner's code, may do what they like: the broker stands.
if (FEATURE_BOARD_SERVICES) {
  extensionsStart()
  wifiBegin()
}
