// The broker starts: the port is ready, nobody is connected.
import { sysStart } from '../feature/sys'
import { FEATURE_RECORDS, FEATURE_SYS } from '../limits'
import { recordsRestore } from '../records/restore'

export function onStart(): void {
  if (FEATURE_RECORDS) recordsRestore()
  if (FEATURE_SYS) sysStart()
}
