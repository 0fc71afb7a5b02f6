// Retained messages go on for those that wait, in turn: the steps between two ticks are for all clients together.
import { retainedPump } from '../../broker/publish/retained'
import { CONNECTED, connectionRowsUsed, connectionSession, connectionState } from '../../store/connection_table'
import { sessionRetainedHead } from '../../store/session_table'
import { walkSteps, walkStepsRenew } from './retained_walk'

/** The connection that is looked at first at the next tick. */
let turn = 0

/** Whether the steps between two ticks were too few for what is to be sent. */
export function retainedIsBehind(): boolean {
  return !walkSteps
}

export function retainedTick(): void {
  walkStepsRenew()
  for (let count = connectionRowsUsed; count > 0 && walkSteps > 0; count--) {
    turn = turn + 1 < connectionRowsUsed ? turn + 1 : 0
    if (connectionState[turn] === CONNECTED && sessionRetainedHead[connectionSession[turn]] >= 0) {
      retainedPump(connectionSession[turn])
    }
  }
}
