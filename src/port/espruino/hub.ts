// The owner's own code: hub.js in Storage, and the global object `midge` that it speaks to; and extensions, our own
// code that few boards need (src/hub), files of Storage that speak to it too. To the broker they are together one more
// client, whose socket leads back into the program: subscriptions, retained messages, QoS and credit are those of every
// client. What the broker writes is read when the engine has nothing else to do: nothing here runs inside it.
import { counters } from '../../broker/counters'
import { LOG_CLOSED, LOG_CONNECTED } from '../../broker/log_code'
import { FEATURE_MQTT5 } from '../../limits'
import { clientIdentifierSize, clientIdentifierStart, packetSizeLimit, queueRowCount } from '../../main'
import { socketAccept } from './accept'
import { looks, room, say } from './broker_view'
import { remainingLength } from './bytes'
import { configuration } from './configuration'
import { characters, memoryWindow } from './window'
import { HUB_SOCKET, hubIdentifier } from './hub_client'
import { hubErrorText } from './hub_error'
import { hubGuard } from './hub_guard'
import { bytesOf, payloadOf, textOf, textsLook } from './hub_text'
import { logWatch, report, reportDescribe } from './log'
import { wifiWait } from './services'
import { levelsMatch } from './topic_levels'
import type { Slot } from '../../kinds'

type Callback = (topic: string, payload: string, details: { retain: boolean }) => void

interface Handler {
  _filter: string
  _levels: string[]
  _callback: Callback
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

/** A field of UTF-8; what cannot be one is the owner's mistake. [MQTT-4.7.3-1] */
function field(text: unknown, what: string): string {
  const bytes = typeof text === 'string' ? bytesOf(text) : ''
  if (!bytes || bytes.length > 65_535 || bytes.indexOf('\0') >= 0) throw new Error(`${what}: '${text as string}'`)
  return twoByteInteger(bytes.length) + bytes
}

function twoByteInteger(value: number): string {
  return characters(value >> 8, value & 0xff)
}

function send(first: number, body: string): void {
  hub._data(characters(first) + remainingLength(body.length) + body)
}

function subscribeTo(handler: Handler): void {
  send(0x82, twoByteInteger(handler._packetIdentifier) + field(handler._filter, NO_FILTER) + '\0')
}

/** Connects with 3.1.1, a Clean Session and no Keep Alive. */
function connect(): void {
  socketAccept(hub)
  if (hub._slot < 0) return
  begun = ''
  send(0x10, '\0\x04MQTT\x04\x02\0\0' + twoByteInteger(hubIdentifier.length) + hubIdentifier)
  if (FEATURE_MQTT5) packetSizeLimit(hub._slot, PACKET_SIZE_MAX)
  handlers.forEach(subscribeTo)
}

/** Takes the packets that the broker has written. */
function read(): void {
  const inbox = begun + hub.dSnd
  hub.dSnd = begun = ''
  if (hub['#ondrain']) hub['#ondrain']()
  for (let at = 0; at < inbox.length;) {
    const start = at
    const first = inbox.charCodeAt(at)
    let size = inbox.charCodeAt(++at)
    if (size > 127) size += (inbox.charCodeAt(++at) - 1) * 128
    const body = inbox.substr(++at, size)
    at += size
    if (at > inbox.length) begun = inbox.substr(start)
    else take(first, body)
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
function watch(code: number, slot: Slot): void {
  const event = code === LOG_CONNECTED ? 'connect' : code === LOG_CLOSED ? 'disconnect' : ''
  // Who was never let in has no session, nor a name.
  if (!event || !(clientIdentifierSize(slot) > 0)) return
  const name = textOf(memoryWindow(clientIdentifierStart(slot), clientIdentifierSize(slot)) + '')
  if (name !== hubIdentifier) setTimeout(() => watchers[event].forEach(watcher => call(() => watcher(name))), 0)
}

/** Calls the owner's code: what it throws is printed. */
function call(work: () => void): void {
  try {
    work()
  } catch (problem) {
    report(problem)
  }
}

/** What hub.js, and the console beside it, know as `midge`. A wrong call throws a sentence. */
const midge = {
  counters,

  /** Messages that wait for clients or are on their way to them, at QoS 1 and 2. */
  queued: queueRowCount,

  /** Calls back for every message that the filter matches, at QoS 0, the retained ones first. */
  subscribe: (filter: string, callback: Callback) => {
    field(filter, NO_FILTER)
    if (typeof callback !== 'function') throw new Error('midge.subscribe: no function to call')
    const bytes = bytesOf(filter)
    lastPacketIdentifier = lastPacketIdentifier % 65_535 + 1
    const handler = {
      _filter: bytes, _levels: bytes.split('/'), _callback: callback, _packetIdentifier: lastPacketIdentifier,
    }
    handlers.push(handler)
    subscribeTo(handler)
  },

  /** Ends what was subscribed to with this very filter. */
  unsubscribe: (filter: string) => {
    const body = '\0\x01' + field(filter, NO_FILTER)
    handlers = handlers.filter(handler => handler._filter !== bytesOf(filter))
    send(0xa2, body)
  },

  /** See payloadOf. What is beyond the broker's limits is counted and dropped. */
  publish: (topic: string, payload?: unknown, options?: { qos?: number, retain?: boolean }) => {
    const qos: unknown = options && options.qos || 0
    const retain = options && options.retain ? 1 : 0
    const name = field(topic, NO_TOPIC)
    // [MQTT-3.3.2-2]
    if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) throw new Error(`${NO_TOPIC}, but a filter: '${topic}'`)
    if (qos !== 0 && qos !== 1 && qos !== 2) throw new Error(`midge.publish: no QoS: ${String(qos)}`)
    send(0x30 | qos << 1 | retain, name + (qos ? '\0\x01' : '') + payloadOf(payload))
    // What the broker answers needs no answer but this one.
    if (qos > 1) send(0x62, '\0\x01')
  },

  /** `connect` and `disconnect`: calls back with the Client Identifier, hub.js's own left out. */
  on: (event: string, watcher: Watcher) => {
    if (!watchers[event]) throw new Error(`midge.on: no event '${event}': connect, disconnect`)
    watchers[event].push(watcher)
  },
}

interface Storage { read(name: string): string | undefined }

/**
 * Runs the extensions that Storage lists, and hub.js. A board with neither has no such client: this file comes with
 * hubRun (scripts/build/passes/nest).
 */
export function hubStart(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const storage = require('Storage') as Storage
  const text = storage.read('hub.js')
  const list = storage.read('m.list')
  if (text || list) hubRun(storage, text || '', list || '{}')
}

function hubRun(storage: Storage, text: string, list: string): void {
  reportDescribe(problem => hubErrorText(text, problem))
  ;(global as unknown as { midge: typeof midge }).midge = midge
  textsLook()
  logWatch(watch)
  connect()
  // By the extension's file: the keys of midge.json that ask for it. One without keys runs always.
  const extensions = JSON.parse(list) as Record<string, string[]>
  for (const name in extensions) {
    const keys = extensions[name]
    if (!keys[0] || keys.some(key => key in configuration)) extensionRun(name, storage.read(name))
  }
  if (text) hubGuard(text, () => call(() => { new Function(text)() }))
}

/**
 * Runs an extension's text: the body of a function with these parameters, of which src/hub/extension.d.ts tells. Where
 * Storage is mapped its functions stay there. One that fails leaves the broker, and the others, alone.
 */
function extensionRun(name: string, text: string | undefined): void {
  try {
    if (!text) throw Error('not in Storage')
    new Function('configuration', 'accept', 'report', 'wifiWait', 'say', 'looks', 'room', text)(
      configuration, socketAccept, report, wifiWait, say, looks, room)
  } catch (problem) {
    report(`${name}: ${problem as string}`)
  }
}
