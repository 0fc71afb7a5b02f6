// The entry of the bundles that tests run: the core and the test's hold on its port.

import { portControls } from './controls'
import { memoryPoison } from './index'
import { registersPoison } from './registers'

export * from '../../../src/main'
export { portControls } from './controls'

/** A call into the core is over. */
export function portPoison(): void {
  portControls.records?.callOver()
  registersPoison()
  memoryPoison()
}
