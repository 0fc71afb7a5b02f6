// The entry of the bundles that tests run: the core and the test's hold on its port.

import { RX_AT, RX_ONE } from '../../../src/limits'
import { rxEnd, rxStart } from '../../../src/store/connection_table'
import { rxOwner } from '../../../src/store/rx_ring'
import { portControls } from './controls'
import { memoryPoison } from './index'
import { registersPoison } from './registers'

export * from '../../../src/main'
export { portControls } from './controls'

/** A call into the core is over. */
export function portPoison(): void {
  portControls.records?.callOver()
  registersPoison()
  if (RX_ONE && rxOwner >= 0) memoryPoison(rxStart[rxOwner], rxEnd[rxOwner])
  else memoryPoison(RX_AT, RX_AT)
}
