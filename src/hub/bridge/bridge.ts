// A bridge: some topics of this broker go to another one, and some of that one come here, under other names where the
// owner wants that. Towards both it is a client of 3.1.1 with a session that lasts, and hands on what the one sends to
// the other, acknowledgements with their Packet Identifiers too: so the session here is the queue of what waits for the
// other broker, the one there of what waits for this one, and QoS 1 and 2 hold from end to end. While there is no
// connection to the other broker the client here is away.
//
// Packets come in any pieces and go on as they are, PUBLISH under another topic. Nothing but the head of a packet is
// kept: what stands behind a topic is handed on as it comes, whatever its size.
//
// Both are told by the highest bit of the level that it is a bridge: then nothing comes back to it that it has
// published, and RETAIN flags stay. Who refuses that is asked again without.
//
// Memory: some variables of the engine for each function, so that there are few; `npm run memory -- --bridge`.
import { BRIDGE_IDENTIFIER, BRIDGE_SOCKET } from '../../port/espruino/own_clients'
import type { Local, Remote, Way } from './ends'
import { characters, connectPacket, fixedHeader, lengthAndText, packetHead } from './packets'
import { bridgeTerms, bridgeTopics, IN, otherName, OUT, QOS } from './terms'

/** Milliseconds of a tick. */
const TICK_MS = 1_000
const KEEP_ALIVE_S = 60
const RETRY_S_MAX = 32
/** A level of the protocol with a bridge's bit, and without. */
const PRIVATE = 0x84
const PLAIN = 4
/** Of a Will, in a CONNECT: QoS 1, retained. */
const WILL_FLAGS = 0x2c
/** Our SUBSCRIBE packets. */
const SUBSCRIBE_IDENTIFIER = '\xff\xff'
/** Properties of a CONNECT of 5.0: the session never ends, and is sent one message at a time. */
const LASTING = '\x08\x11\xff\xff\xff\xff\x21\0\x01'
/** Options of a SUBSCRIBE of 5.0, as a bridge has them: No Local, Retain As Published; and nothing that is retained. */
const NEW_ONLY = 0x2c

let remoteEnd: Remote | undefined
let wayOut: Way
let wayIn: Way
let protocolLevel = PRIVATE
/** Seconds until the next attempt. */
let retryIn = 1
let retryS = 1
/** Seconds since something was sent there, and since something came from there. */
let quietS = 0
let silentS = 0
let keepAliveS = 0
/** Where the other broker has retained whether there is a bridge; '': nowhere. */
let stateTopic = ''
/** Whether the client here is connected to this broker, and whether this broker takes no bridges. */
let isHere = false
let isRefused = false

const localEnd = {
  sckt: BRIDGE_SOCKET,
  /** What waits on the way there: the broker asks before it writes more. */
  get dSnd() {
    const unsent = remoteEnd && remoteEnd.dSnd
    if (unsent) remoteEnd!['#ondrain'] = onDrained
    return unsent
  },
  on: (_event: 'data', handler: Local['hear']) => { localEnd.hear = handler },
  write: (packet: string) => {
    carry(wayOut, packet)
    return true
  },
  end: () => {
    isHere = false
    leave('let go of by this broker')
  },
} as unknown as Local

function onDrained(this: BoardSocket): void {
  delete this['#ondrain']
  if (this === remoteEnd && localEnd['#ondrain']) localEnd['#ondrain']()
}

/** Hands bytes to the other broker, or to this one. */
function hand(isOut: boolean, bytes: string): void {
  if (!isOut) return localEnd.hear(bytes)
  quietS = 0
  try {
    if (remoteEnd) remoteEnd.write(bytes)
  } catch { /* It has gone; its 'close' comes. */ }
}

/** Hands on what has come. */
function carry(way: Way, data: string): void {
  data = way._begun + data
  way._begun = ''
  while (data) {
    if (!way._left) {
      const rest = carryHead(way, data)
      if (rest < 0) {
        way._begun = data
        return
      }
      data = data.substr(rest)
    }
    const piece = data.substr(0, way._left)
    way._left -= piece.length
    if (piece && way._isCarried) hand(way._isOut, piece)
    data = data.substr(piece.length)
  }
}

/** Answers where what follows the head of a PUBLISH begins, or behind another packet; -1: more must come. */
function carryHead(way: Way, data: string): number {
  const head = packetHead(data)
  if (!head) return -1
  const first = head._first
  const at = head._headerSize
  if (first >> 4 !== 3) {
    if (data.length < at + head._size) return -1
    take(way._isOut, first, data.substr(0, at + head._size))
    return at + head._size
  }
  const nameAt = at + 2
  const nameEnd = nameAt + (data.charCodeAt(at) << 8 | data.charCodeAt(at + 1))
  if (data.length < nameEnd + (first & 6 ? 2 : 0)) return -1
  const name = otherName(data.substring(nameAt, nameEnd), way._isOut)
  way._isCarried = name !== ''
  way._left = head._size - nameEnd + at
  if (name) hand(way._isOut, fixedHeader(first, way._left + 2 + name.length) + lengthAndText(name))
  // Who sent it is not to wait for somebody's acknowledgement.
  else if (first & 6) hand(!way._isOut, characters(first & 4 ? 0x50 : 0x40, 2) + data.substr(nameEnd, 2))
  return nameEnd
}

/** A packet that is no PUBLISH: acknowledgements go on, what is for us does not. */
function take(isOut: boolean, first: number, packet: string): void {
  const type = first >> 4
  if (type > 3 && type < 8) hand(isOut, packet)
  else if (isOut) isRefused = isRefused || type === 2 && packet.charCodeAt(3) > 0
  else if (type === 2) onConnack(packet.charCodeAt(3))
  else if (type === 9 && packet.indexOf('\x80', 4) > 0) print('bridge: may not subscribe to all of its topics')
}

/** `properties` and `options` are those of 5.0. */
function subscribeAll(isOut: boolean, properties: string, options: number): void {
  for (const line of bridgeTopics) {
    if (!(line._ways & (isOut ? OUT : IN))) continue
    const filter = (isOut ? line._local : line._remote) + line._pattern
    const body = SUBSCRIBE_IDENTIFIER + properties + lengthAndText(filter) + characters(line._ways & QOS | options)
    // What goes out is subscribed to here.
    hand(!isOut, fixedHeader(0x82, body.length) + body)
  }
}

/** The other broker publishes our Will when we are gone: that there is no bridge any more. */
function onConnected(this: BoardSocket): void {
  if (this !== remoteEnd) return
  const user = bridgeTerms.remote_username
  const password = bridgeTerms.remote_password
  const flags = (bridgeTerms.cleansession === 'true' ? 2 : 0) | (stateTopic ? WILL_FLAGS : 0)
    | (user ? 0x80 : 0) | (user && password ? 0x40 : 0)
  hand(true, connectPacket(protocolLevel, flags, keepAliveS, lengthAndText(bridgeTerms.remote_clientid!)
    + (stateTopic && lengthAndText(stateTopic) + lengthAndText('0'))
    + (user ? lengthAndText(user) + (password ? lengthAndText(password) : '') : '')))
}

function onConnack(code: number): void {
  if (code) {
    // It does not know what a bridge is: soon again.
    const isPuzzled = code === 1 && protocolLevel === PRIVATE
    if (isPuzzled) protocolLevel = PLAIN
    return leave(isPuzzled ? 'asked as a client' : `refused with ${code}`)
  }
  print(`bridge: connected to ${bridgeTerms.address}`)
  retryS = 1
  if (!comeHere()) return
  hand(false, connectPacket(PRIVATE, 0, 0, lengthAndText(BRIDGE_IDENTIFIER)))
  subscribeAll(true, '', 0)
  subscribeAll(false, '', 0)
  const state = lengthAndText(stateTopic) + '1'
  if (stateTopic) hand(true, fixedHeader(0x31, state.length) + state)
}

/** Ends what there is of a connection to the other broker, and with it the client here; there is another attempt. */
function leave(reason: string): void {
  const former = remoteEnd
  remoteEnd = undefined
  retryIn = retryS
  retryS = Math.min(RETRY_S_MAX, retryS * 2)
  print(`bridge: ${reason}, next attempt in ${retryIn} s`)
  if (former) former.end()
  goFromHere()
}

/** False: this broker has no place. */
function comeHere(): boolean {
  isHere = true
  accept(localEnd)
  return isHere
}

function goFromHere(): void {
  if (isHere) localEnd['#onclose']()
  isHere = false
}

// What a connection that was left still says is nobody's.

function onClosed(this: BoardSocket): void {
  if (this === remoteEnd) leave('lost')
}

function onRemoteData(this: BoardSocket, data: string): void {
  if (this !== remoteEnd) return
  silentS = 0
  carry(wayIn, data)
}

function dial(): void {
  const address = bridgeTerms.address!.split(':')
  wayOut = { _isOut: true, _begun: '', _left: 0, _isCarried: false }
  wayIn = { _isOut: false, _begun: '', _left: 0, _isCarried: false }
  quietS = silentS = 0
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
    remoteEnd = (require('net') as { connect(to: object): Remote }).connect({
      host: address[0], port: +(address[1] || 1883),
    })
    remoteEnd['#onconnect'] = onConnected
    remoteEnd['#onclose'] = remoteEnd['#onerror'] = onClosed
    remoteEnd.on('data', onRemoteData)
  // Where nobody listens the engine throws.
  } catch { leave('nobody there') }
}

/** Once a second. */
function bridgeTick(): void {
  if (!remoteEnd) {
    if (!--retryIn) dial()
    return
  }
  // [MQTT-3.1.2-22] the other way round: it would answer a PINGREQ.
  if (++silentS > keepAliveS * 1.5) leave('silent')
  else if (++quietS >= keepAliveS && isHere) hand(true, '\xc0\0')
}

/** Starts what the lines of midge.json ask for; without an address that is nothing. */
export function bridgeStart(): void {
  if (!bridgeTerms.address) return
  if (!bridgeTerms.remote_clientid) bridgeTerms.remote_clientid = configuration.hostname as string || 'midge'
  if (bridgeTerms.notifications !== 'false') stateTopic = `$SYS/broker/connection/${bridgeTerms.remote_clientid}/state`
  keepAliveS = +(bridgeTerms.keepalive_interval || KEEP_ALIVE_S)
  // The session here is there from the start: what is published before the first connection waits for it too.
  wayOut = { _isOut: true, _begun: '', _left: 0, _isCarried: false }
  if (comeHere()) {
    hand(false, connectPacket(PRIVATE, 0, 0, lengthAndText(BRIDGE_IDENTIFIER)))
    goFromHere()
  }
  if (isRefused) return print('bridge: this board has none')
  if (comeHere()) {
    hand(false, connectPacket(5, 0, 0, LASTING + lengthAndText(BRIDGE_IDENTIFIER)))
    subscribeAll(true, '\0', NEW_ONLY)
    goFromHere()
  }
  setInterval(bridgeTick, TICK_MS)
}
