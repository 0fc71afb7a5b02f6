// The owner's own code and our extensions as a client of the broker: `midge`, which they speak to. Together they are
// one more client, whose socket leads back into the program: subscriptions, retained messages, QoS and credit are those
// of every client. What the broker writes is read when the engine has nothing else to do: nothing here runs inside it.
import { LOG_CLOSED, LOG_CONNECTED } from '../../broker/log_code'
import { HUB_SOCKET } from '../../port/espruino/own_clients'
import { levelsMatch } from '../topic_levels'
import {
  bodyAt, connectPacket, lengthAndText, packetOf, remainingLengthAt, subscribePacket, twoByteInteger,
} from '../packets'
import { bytesOf, payloadOf, textOf } from './text'

interface Handler {
  _filter: string
  _levels: string[]
  _callback: MessageCallback
  /** Of its SUBSCRIBE, by which its SUBACK names it. */
  _packetIdentifier: number
}

const NO_FILTER = 'midge: no Topic Filter'
const NO_TOPIC = 'midge.publish: no Topic Name'

/** The largest packet that it takes, bytes: it is put together in the engine's variables. Below 16,384. */
const PACKET_SIZE_MAX = 8_192
/** Milliseconds until it comes back after the broker has let go of it. */
const RETRY_MS = 1_000

let handlers: Handler[] = []
/** The beginning of a packet that comes in pieces. */
let begun = ''
let lastPacketIdentifier = 0
/** Whose SUBACK came last: the retained messages behind it are for this one. */
let newest: Handler | undefined

interface HubSocket extends BoardSocket {
  dSnd: string
  /** The handler of its data. The broker's own fields have names of its own: ours do not begin with an underscore. */
  hear(packet: string): void
}

/** Whether the broker has a place for it. */
let isHere = false

const hub = {
  sckt: HUB_SOCKET,
  dSnd: '',
  hear: () => undefined,
  on: (_event: 'data', handler: HubSocket['hear']) => hub.hear = handler,
  write: (packet: string) => {
    if (!hub.dSnd) setTimeout(read, 0)
    hub.dSnd += packet
    return true
  },
  end: () => {
    isHere = false
    setTimeout(connect, RETRY_MS)
  },
} as unknown as HubSocket

/** The bytes of a field of UTF-8; what cannot be one is the owner's mistake. [MQTT-4.7.3-1] */
function field(text: unknown, what: string): string {
  const bytes = typeof text === 'string' ? bytesOf(text) : ''
  if (!bytes || bytes.length > 65_535 || bytes.indexOf('\0') >= 0) throw new Error(`${what}: '${text as string}'`)
  return bytes
}

function subscribeTo(handler: Handler): void {
  hub.hear(subscribePacket(twoByteInteger(handler._packetIdentifier), '', handler._filter, 0))
}

/** Connects with 3.1.1, a Clean Session and no Keep Alive. */
export function connect(): void {
  isHere = true
  accept(hub)
  if (!isHere) return
  begun = ''
  hub.hear(connectPacket(4, 2, 0, lengthAndText(broker.identifier)))
  broker.limit(hub, PACKET_SIZE_MAX)
  handlers.forEach(subscribeTo)
}

/** Takes the packets that the broker has written. */
function read(): void {
  const inbox = begun + hub.dSnd
  hub.dSnd = begun = ''
  if (hub['#ondrain']) hub['#ondrain']()
  for (let at = 0; at < inbox.length;) {
    const size = remainingLengthAt(inbox, at)
    const end = bodyAt + size
    if (size < 0 || end > inbox.length) begun = inbox.substr(at)
    else take(inbox.charCodeAt(at), inbox.substr(bodyAt, size))
    at = begun ? inbox.length : end
  }
}

function take(first: number, body: string): void {
  const number = body.charCodeAt(0) * 0x100 + body.charCodeAt(1)
  if (first === 0x90) {
    newest = handlers.filter(handler => handler._packetIdentifier === number)[0]
    if (newest && body.charCodeAt(2) > 2) report(`may not subscribe to ${newest._filter}`)
  }
  if (first >> 4 !== 3) return
  const topic = body.substr(2, number)
  const payload = body.substr(2 + number)
  const retain = (first & 1) > 0
  const levels = topic.split('/')
  // The broker does not say for which subscription a message is.
  const isForNewest = retain && newest && levelsMatch(newest._levels, levels)
  for (const handler of handlers) {
    if (isForNewest ? handler !== newest : !levelsMatch(handler._levels, levels)) continue
    call(() => handler._callback(textOf(topic), textOf(payload), { retain }))
  }
}

/** What is called when a client has come or gone, with its Client Identifier. */
type Watcher = (clientIdentifier: string) => void

const watchers: Record<string, Watcher[]> = { connect: [], disconnect: [] }

/** Within the broker: the name is read now, and told when it has returned. */
export function watch(code: number, slot: number): void {
  const event = code === LOG_CONNECTED ? 'connect' : code === LOG_CLOSED ? 'disconnect' : ''
  const name = event && textOf(broker.nameOf(slot))
  if (!name || name === broker.identifier) return
  setTimeout(() => watchers[event].forEach(watcher => call(() => watcher(name))), 0)
}

/** Calls the owner's code: what it throws is printed. */
export function call(work: () => void): void {
  try {
    work()
  } catch (problem) {
    report(problem)
  }
}

/** What hub.js, and the console beside it, know as `midge`. A wrong call throws a sentence. */
export const client: Midge = {
  counters: broker.counters,

  /** Messages that wait for clients or are on their way to them, at QoS 1 and 2. */
  queued: broker.queued,

  /** Calls back for every message that the filter matches, at QoS 0, the retained ones first. */
  subscribe: (filter: string, callback: MessageCallback) => {
    const bytes = field(filter, NO_FILTER)
    if (typeof callback !== 'function') throw new Error('midge.subscribe: no function to call')
    lastPacketIdentifier = lastPacketIdentifier % 65_535 + 1
    const handler = {
      _filter: bytes, _levels: bytes.split('/'), _callback: callback, _packetIdentifier: lastPacketIdentifier,
    }
    handlers.push(handler)
    subscribeTo(handler)
  },

  /** Ends what was subscribed to with this very filter. */
  unsubscribe: (filter: string) => {
    const body = '\0\x01' + lengthAndText(field(filter, NO_FILTER))
    handlers = handlers.filter(handler => handler._filter !== bytesOf(filter))
    hub.hear(packetOf(0xa2, body))
  },

  /** See payloadOf. What is beyond the broker's limits is counted and dropped. */
  publish: (topic: string, payload?: unknown, options?: { qos?: number, retain?: boolean }) => {
    const qos: unknown = options && options.qos || 0
    const retain = options && options.retain ? 1 : 0
    const name = lengthAndText(field(topic, NO_TOPIC))
    // [MQTT-3.3.2-2]
    if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) throw new Error(`${NO_TOPIC}, but a filter: '${topic}'`)
    if (qos !== 0 && qos !== 1 && qos !== 2) throw new Error(`midge.publish: no QoS: ${String(qos)}`)
    hub.hear(packetOf(0x30 | qos << 1 | retain, name + (qos ? '\0\x01' : '') + payloadOf(payload)))
    // What the broker answers needs no answer but this one.
    if (qos > 1) hub.hear(packetOf(0x62, '\0\x01'))
  },

  /** `connect` and `disconnect`: calls back with the Client Identifier, hub.js's own left out. */
  on: (event: string, watcher: Watcher) => {
    if (!watchers[event]) throw new Error(`midge.on: no event '${event}': connect, disconnect`)
    watchers[event].push(watcher)
  },

  /** The bytes of a payload; of UTF-8, or what the owner's code writes for them. */
  bytes: payloadOf,
  text: textOf,
  take: read,
}
