// The core, as a runtime sees it. See src/port/port.ts for the other half.
export {
  brokerAccept, brokerAuthenticated, brokerClosed, brokerReceive, brokerStart, brokerStop, brokerTick, brokerWritable,
} from './broker/broker'
export { accessRuleAdd } from './broker/access'
export { counters } from './broker/counters'
export { settings } from './broker/settings'
export { authDataSet } from './feature/authentication'
export { memory } from './memory'
