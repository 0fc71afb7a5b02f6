// The broker starts: the port is ready, nobody is connected.
import { sysStart } from '../feature/sys'
import { FEATURE_SYS } from '../limits'

export function onStart(): void {
  if (FEATURE_SYS) sysStart()
}
