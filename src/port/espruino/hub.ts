// The owner's own code: hub.js in Storage, and the global object `midge` that it speaks to. To the broker it is one
// more client, whose socket leads back into the program: subscriptions, retained messages, QoS and credit are those of
// every client. What the broker writes is read when the engine has nothing else to do: nothing here runs inside it.
import { counters } from '../../broker/counters'
import { socketAccept } from './accept'
import { characters, remainingLength } from './bytes'
import { HUB_SOCKET, hubIdentifier } from './hub_client'
import { report } from './log'

type Callback = (topic: string, payload: string, details: { retain: boolean }) => void

interface Handler { _filter: string, _levels: string[], _callback: Callback }

/** Milliseconds until it comes back after the broker has let go of it. */
const RETRY_MS = 1_000

const handlers: Handler[] = []
/** Whose SUBACK came last: the retained messages behind it are for this one. */
let newest: Handler | undefined

interface HubSocket extends BoardSocket {
  dSnd: string
  /** The handler of its data. */
  _data(packet: string): void
}

const hub = {
  sckt: HUB_SOCKET,
  dSnd: '',
  on: (_event: 'data', handler: HubSocket['_data']) => { hub._data = handler },
  write: (packet: string) => {
    if (!hub.dSnd) setTimeout(read, 0)
    hub.dSnd += packet
    return true
  },
  end: () => { setTimeout(connect, RETRY_MS) },
} as unknown as HubSocket

function twoByteInteger(value: number): string {
  return characters(value >> 8, value & 0xff)
}

function send(first: number, body: string): void {
  hub._data(characters(first) + remainingLength(body.length) + body)
}

/** Its Packet Identifier says which handler it is. */
function subscribeTo(handler: Handler): void {
  const filter = handler._filter
  send(0x82, twoByteInteger(handlers.indexOf(handler) + 1) + twoByteInteger(filter.length) + filter + '\0')
}

/** Connects with 3.1.1, a Clean Session and no Keep Alive. */
function connect(): void {
  socketAccept(hub)
  if (hub._slot < 0) return
  send(0x10, '\0\x04MQTT\x04\x02\0\0' + twoByteInteger(hubIdentifier.length) + hubIdentifier)
  handlers.forEach(subscribeTo)
}

/** Takes the packets that the broker has written. */
function read(): void {
  const inbox = hub.dSnd
  hub.dSnd = ''
  if (hub['#ondrain']) hub['#ondrain']()
  for (let at = 0; at < inbox.length;) {
    const first = inbox.charCodeAt(at)
    // Nothing that a board can store is 16,384 bytes long.
    let size = inbox.charCodeAt(++at)
    if (size > 127) size += (inbox.charCodeAt(++at) - 1) * 128
    take(first, inbox.substr(++at, size))
    at += size
  }
}

function take(first: number, body: string): void {
  const number = body.charCodeAt(0) * 0x100 + body.charCodeAt(1)
  if (first === 0x90) {
    newest = handlers[number - 1]
    if (body.charCodeAt(2) > 2) report(`may not subscribe to ${newest._filter}`)
  }
  if (first >> 4 !== 3) return
  const topic = body.substr(2, number)
  const payload = body.substr(2 + number)
  const retain = (first & 1) > 0
  const levels = topic.split('/')
  const isForNewest = retain && newest && matches(newest._levels, levels)
  for (const handler of handlers) {
    if (isForNewest ? handler !== newest : !matches(handler._levels, levels)) continue
    try {
      handler._callback(topic, payload, { retain })
    } catch (problem) {
      report(problem)
    }
  }
}

/** The broker does not say for which subscription a message is. [MQTT-4.7.1-1] [MQTT-4.7.2-1] */
function matches(filter: string[], topic: string[]): boolean {
  for (let i = 0; i < filter.length || i < topic.length; i++) {
    if (filter[i] === topic[i]) continue
    if (!i && topic[0][0] === '$') return false
    if (filter[i] === '#') return true
    if (filter[i] !== '+' || topic[i] === undefined) return false
  }
  return true
}

/** What hub.js, and the console beside it, know as `midge`. */
const midge = {
  counters,

  /** Calls back for every message that the filter matches, at QoS 0, the retained ones first. */
  subscribe: (filter: string, callback: Callback) => {
    const handler = { _filter: filter, _levels: filter.split('/'), _callback: callback }
    handlers.push(handler)
    subscribeTo(handler)
  },

  /** The payload is sent as the text that it is. What is beyond the broker's limits is counted and dropped. */
  publish: (topic: string, payload: unknown, options?: { qos?: number, retain?: boolean }) => {
    const qos = options && options.qos || 0
    const retain = options && options.retain ? 1 : 0
    send(0x30 | qos << 1 | retain, twoByteInteger(topic.length) + topic + (qos ? '\0\x01' : '') + String(payload))
    // What the broker answers needs no answer but this one.
    if (qos > 1) send(0x62, '\0\x01')
  },
}

/** Runs hub.js. A board without one has no such client: this file comes with hubRun (scripts/build/passes/nest). */
export function hubStart(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const text = require('Storage').read('hub.js') as string | undefined
  if (text) hubRun(text)
}

function hubRun(text: string): void {
  (global as unknown as { midge: typeof midge }).midge = midge
  connect()
  try {
    new Function(text)()
  } catch (problem) {
    report(problem)
  }
}
