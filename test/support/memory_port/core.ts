// The entry of the bundles that tests run: the core and the test's hold on its port.

export * from '../../../src/main'
export { portControls } from './controls'
export { portPoison } from './index'
