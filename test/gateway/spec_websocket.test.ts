// Runs every case against the gateway as it is shipped, over WebSocket.
import { runCases } from '../spec/run_cases'
import { boards } from '../support/core_instance'
import { webSocket } from './carriers'
import { PACKETS_MAX, socketWorld } from './socket_world'

runCases(boards.host, (configuration) => socketWorld('WebSocket', webSocket, configuration), {
  packetsMax: PACKETS_MAX,
})
