// Limits in words become settings of the core.
import {
  SETTING_EMPTY_CLIENT, SETTING_INFLIGHT, SETTING_KEEP_ALIVE, SETTING_PACKET_SIZE, SETTING_QUEUE,
  SETTING_SESSION_EXPIRY, SETTING_SYS_INTERVAL, SETTING_TOPIC_ALIAS,
} from '../../../broker/settings'
import type { Limits } from './api'
import type { createBroker } from 'midge-mqtt'

type SettingName = Exclude<keyof Limits, 'connections'>

const SETTINGS: Record<SettingName, number> = {
  inflightMessages: SETTING_INFLIGHT,
  queuedMessages: SETTING_QUEUE,
  packetSize: SETTING_PACKET_SIZE,
  keepAlive: SETTING_KEEP_ALIVE,
  sessionExpiry: SETTING_SESSION_EXPIRY,
  topicAliases: SETTING_TOPIC_ALIAS,
  sysInterval: SETTING_SYS_INTERVAL,
  emptyClientIdentifier: SETTING_EMPTY_CLIENT,
}
/** Where 0 means none, or never, and may be said. */
const MAY_BE_ZERO = ['keepAlive', 'sessionExpiry', 'topicAliases', 'sysInterval', 'emptyClientIdentifier']

/** Applies what is said to a new broker; what is above its own limit, which its settings start with, is refused. */
export function limitsApply(
  { settingOf, settingSet }: Pick<ReturnType<typeof createBroker>, 'settingOf' | 'settingSet'>,
  limits: Pick<Limits, SettingName>,
): void {
  for (const [name, value] of Object.entries(limits) as [SettingName, number | boolean | undefined][]) {
    if (value === undefined) continue
    const most = settingOf(SETTINGS[name])
    const isFree = name === 'keepAlive' || name === 'sysInterval'
    const least = MAY_BE_ZERO.includes(name) ? 0 : 1
    if (!(Number(value) >= least && (isFree || Number(value) <= most))) {
      throw new RangeError(`${name} is ${value}; it goes from ${least} to ${isFree ? 'any number' : most}.`)
    }
    settingSet(SETTINGS[name], Number(value))
  }
}
