// The broker starts: the port is ready, nobody is connected.
import { portRecordsOpen } from 'runtime'
import { sysStart } from '../feature/sys'
import { FEATURE_RECORDS, FEATURE_SYS } from '../limits'
import { recordsRestore } from '../records/restore'

export function onStart(): void {
  if (FEATURE_RECORDS && portRecordsOpen()) recordsRestore()
  if (FEATURE_SYS) sysStart()
}
