// Runs every case against the gateway as it is shipped while it keeps what it acknowledges: what is written waits for
// the disk, and nothing else changes.
import { runCases } from '../spec/run_cases'
import { boards } from '../support/core_instance'
import { tcp } from './carriers'
import { ScratchStore } from './scratch_store'
import { PACKETS_MAX, socketWorld } from './socket_world'

runCases(
  boards.host, (configuration) => socketWorld('a store', tcp, configuration, new ScratchStore()),
  { packetsMax: PACKETS_MAX },
)
