// Keys of mosquitto.conf that say what is logged, and where.
import { type Draft, type KeyHandler, idle } from './draft'
import { ConfigurationError, type Entry } from './entries'
import { LOG_TYPES, type LogType } from './options'
import { readBoolean, readText } from './values'

function logType(draft: Draft, entry: Entry): void {
  const { types } = draft.options.log
  if (!draft.hasLogTypes) types.clear()
  draft.hasLogTypes = true
  if (entry.value === 'all') for (const type of LOG_TYPES) types.add(type)
  else if ((LOG_TYPES as readonly string[]).includes(entry.value)) types.add(entry.value as LogType)
  else if (entry.value === 'internal') {
    idle(draft, entry, `log_type ${entry.value}`, 'nothing of that kind is logged')
  } else if (entry.value !== 'none') {
    throw new ConfigurationError(entry, `log_type is ${entry.value}; say ${LOG_TYPES.join(', ')}, all or none.`)
  }
}

function logDestination(draft: Draft, entry: Entry): void {
  const { log } = draft.options
  if (entry.value === 'dlt' || entry.value === 'android') {
    return idle(draft, entry, `log_dest ${entry.value}`, 'the log goes to stdout, stderr, a file or topics')
  }
  if (!draft.hasLogDestinations) log.destinations = []
  draft.hasLogDestinations = true
  const file = /^file\s+(\S.*)$/.exec(entry.value)
  if (file && log.destinations.some(({ kind }) => kind === 'file')) {
    throw new ConfigurationError(entry, 'there is a second file to log to; delete one of them.')
  }
  if (file) log.destinations.push({ kind: 'file', file: file[1], place: entry })
  else if (entry.value === 'stdout' || entry.value === 'stderr' || entry.value === 'topic') {
    log.destinations.push({ kind: entry.value })
  } else if (entry.value === 'syslog') {
    // What starts a service takes its standard error to the system's log.
    log.destinations.push({ kind: 'stderr' })
  } else if (entry.value === 'none') log.destinations = []
  else {
    throw new ConfigurationError(
      entry, `log_dest is ${entry.value}; say stdout, stderr, syslog, topic, file <path> or none.`)
  }
}

export const LOG_KEYS: Record<string, KeyHandler> = {
  log_dest: logDestination,
  log_type: logType,
  log_timestamp: ({ options }, entry) => { options.log.isTimestamped = readBoolean(entry) },
  log_timestamp_format: ({ options }, entry) => { options.log.timeFormat = readText(entry) },
  connection_messages: ({ options }, entry) => { options.log.hasConnections = readBoolean(entry) },
}
