// Limits in words become settings of the core.
import {
  SETTING_DUPLICATES, SETTING_EMPTY_CLIENT, SETTING_INFLIGHT, SETTING_INFLIGHT_BYTES, SETTING_KEEP_ALIVE,
  SETTING_PACKET_SIZE, SETTING_PAYLOAD_SIZE, SETTING_QUEUE, SETTING_QUEUE_BYTES, SETTING_QUEUE_QOS0,
  SETTING_RECEIVE_MAXIMUM, SETTING_RETAIN_AVAILABLE, SETTING_RETAIN_SOURCE, SETTING_SESSION_EXPIRY,
  SETTING_SYS_INTERVAL, SETTING_TOPIC_ALIAS, SETTING_TOPIC_ALIAS_TAKEN,
} from '../../../broker/settings'
import type { BrokerOptions, Limits } from './api'
import { QUEUED_MESSAGES_MAX, queueBound } from './queue_bound'
import { type Spooling, spoolApply } from './spool_apply'
import type { createBroker } from 'midge-mqtt'

type SettingName = Exclude<keyof Limits, 'connections' | 'sessions' | 'memory'>

const SETTINGS: Record<SettingName, number> = {
  inflightMessages: SETTING_INFLIGHT,
  queuedMessages: SETTING_QUEUE,
  packetSize: SETTING_PACKET_SIZE,
  payloadSize: SETTING_PAYLOAD_SIZE,
  retainSource: SETTING_RETAIN_SOURCE,
  keepAlive: SETTING_KEEP_ALIVE,
  sessionExpiry: SETTING_SESSION_EXPIRY,
  receiveMaximum: SETTING_RECEIVE_MAXIMUM,
  topicAliases: SETTING_TOPIC_ALIAS_TAKEN,
  topicAliasesGiven: SETTING_TOPIC_ALIAS,
  sysInterval: SETTING_SYS_INTERVAL,
  emptyClientIdentifier: SETTING_EMPTY_CLIENT,
  retain: SETTING_RETAIN_AVAILABLE,
  queueQos0: SETTING_QUEUE_QOS0,
  queuedBytes: SETTING_QUEUE_BYTES,
  inflightBytes: SETTING_INFLIGHT_BYTES,
  duplicates: SETTING_DUPLICATES,
}
/** What must be one at the least: of the others 0 means none, never, or no limit. */
const ONE_AT_LEAST: SettingName[] = ['inflightMessages', 'receiveMaximum', 'packetSize']
/** The most of those that do not start with it. */
const MOST: Partial<Record<SettingName, number>> = {
  inflightMessages: 65_535, queuedMessages: QUEUED_MESSAGES_MAX, keepAlive: Infinity, sysInterval: Infinity,
  payloadSize: Infinity, queuedBytes: Infinity, inflightBytes: Infinity, queueQos0: 1, duplicates: 1, retainSource: 1,
}

type Settable = Pick<ReturnType<typeof createBroker>, 'settingOf' | 'settingSet' | 'poolSizeMaxSet'> & Spooling

/** Applies what is said to a new broker; what is above its own limit, which its settings start with, is refused. */
export function limitsApply(
  instance: Settable, { memory, ...limits }: Omit<Limits, 'connections' | 'sessions'>, options: BrokerOptions,
): void {
  const { settingOf, settingSet, poolSizeMaxSet } = instance
  spoolApply(instance, options)
  for (const [name, value] of Object.entries(limits) as [SettingName, number | boolean | undefined][]) {
    if (value === undefined) continue
    const most = MOST[name] ?? settingOf(SETTINGS[name])
    const least = ONE_AT_LEAST.includes(name) ? 1 : 0
    if (!(Number(value) >= least && Number(value) <= most)) {
      throw new RangeError(`${name} is ${value}; it goes from ${least} to ${most === Infinity ? 'any number' : most}.`)
    }
    settingSet(SETTINGS[name], name === 'queuedMessages' ? queueBound(Number(value)) : Number(value))
  }
  if (memory === undefined) return
  if (!(memory > 0)) throw new RangeError(`memory is ${memory}; it goes from 1 to any number.`)
  poolSizeMaxSet(memory)
}
