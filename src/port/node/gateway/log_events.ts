// What a broker's events are in the log.
import {
  LOG_CLOSED, LOG_CONNECTED, LOG_PUBLISH_REFUSED, LOG_REFUSED, LOG_SESSION_EXPIRED, LOG_SESSION_REPLACED, LOG_WILL,
} from '../../../broker/log_code'
import { logSentence, reasonText } from '../../../log_text'
import type { LogType } from '../configuration/options'
import type { Broker, ClientEvent, TraceEvent } from '../library/api'
import { type LogWriter, shown } from './log_writer'

/** A client, for people: its name, its user and where it is, as far as they are known. */
function whoOf({ clientIdentifier, userName, address }: ClientEvent): string {
  const more = [userName, address].filter((value) => value !== undefined && value !== '').map((value) => shown(value!))
  return `${clientIdentifier ? shown(clientIdentifier) : 'a client'}${more.length ? ` (${more.join(', ')})` : ''}`
}

/** Has the log tell of what happens from now on. */
export function logEvents(broker: Broker, writer: LogWriter): void {
  const { log } = writer
  traceEvents(broker, writer)
  const told = (code: number, message: string) => (event: ClientEvent): void => {
    const { reasonCode, ...fields } = event
    const reason = reasonCode === undefined ? '' : reasonText(reasonCode)
    // The sentence is for people, the code is for programs.
    const why = reasonCode === undefined ? {} : { reason, reasonCode: `0x${reasonCode.toString(16).padStart(2, '0')}` }
    log('notice', message, { ...fields, ...why }, logSentence(code, whoOf(event), fields.version ?? reason))
  }
  const ofConnections = (tell: (event: ClientEvent) => void) => (event: ClientEvent): void => {
    if (writer.hasConnections) tell(event)
  }
  broker.on('connect', ofConnections(told(LOG_CONNECTED, 'client connected')))
  broker.on('disconnect', ofConnections(told(LOG_CLOSED, 'client disconnected')))
  broker.on('refused', told(LOG_REFUSED, 'client refused'))
  broker.on('publishRefused', told(LOG_PUBLISH_REFUSED, 'message refused'))
  broker.on('full', () => log('warning', 'a connection was turned away: no slot is free'))
  broker.on('store', ({ state, reason }) => {
    if (state === 'good') log('notice', 'what is acknowledged can be kept again')
    else if (state === 'full') log('warning', `${reason}: QoS 1 and 2 are refused until there is room`)
    else log('error', 'what clients wait for could not be kept: they were cut off', { reason })
  })
}

/** Kinds of lines by what happens, others are of debugging. */
const TRACED: Partial<Record<TraceEvent['event'], LogType>> = {
  subscribe: 'subscribe', unsubscribe: 'unsubscribe', websocket: 'websockets',
}

const SENTENCES: Record<TraceEvent['event'], (who: string, event: TraceEvent) => string> = {
  subscribe: (who, { topic = '', reasonCode = 0 }) => reasonCode < 0x80
    ? `${who} has subscribed to ${shown(topic)} at QoS ${reasonCode}`
    : `${who} may not subscribe to ${shown(topic)}: ${reasonText(reasonCode)}`,
  unsubscribe: (who, { topic = '' }) => `${who} has unsubscribed from ${shown(topic)}`,
  accepted: (_who, { address = '' }) => `a connection came from ${shown(address)}`,
  websocket: (_who, { address = '' }) => `a WebSocket came from ${shown(address)}`,
  will: (who) => logSentence(LOG_WILL, who, ''),
  sessionExpired: (who) => logSentence(LOG_SESSION_EXPIRED, who, ''),
  sessionReplaced: (who) => logSentence(LOG_SESSION_REPLACED, who, ''),
}

/** Has it tell of what happens often, where a kind of line is wanted that does. */
export function traceEvents(broker: Broker, { log, isTraced }: LogWriter): void {
  if (!isTraced || broker.listenerCount('trace')) return
  broker.on('trace', ({ reasonCode, ...event }) => {
    const sentence = SENTENCES[event.event](whoOf(event), { ...event, reasonCode })
    const { event: message, ...fields } = event
    log(TRACED[message] ?? 'debug', message, { ...fields, reasonCode }, sentence)
  })
}
