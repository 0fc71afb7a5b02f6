// Runs every case against the gateway as it is shipped, over TCP.
import { runCases } from '../spec/run_cases'
import { boards } from '../support/core_instance'
import { tcp } from './carriers'
import { PACKETS_MAX, socketWorld } from './socket_world'

runCases(boards.host, (configuration) => socketWorld('TCP', tcp, configuration), { packetsMax: PACKETS_MAX })
