// What runs on a board.
import { brokerStart, brokerTick } from '../../main'
import { TICK_MS, clockTick } from './clock'
import { socketAccept } from './sockets'

brokerStart()
// eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
require('net').createServer(socketAccept).listen(1883)
setInterval(() => brokerTick(clockTick()), TICK_MS)
