// A bridge: some topics of this broker go to another one, and some of that one come here, under other names where the
// owner wants that. Towards both it is a client with a session that lasts, and hands on what the one sends to the
// other, acknowledgements with their Packet Identifiers too: so the session here is the queue of what waits for the
// other broker, the one there of what waits for this one, and QoS 1 and 2 hold from end to end. While there is no
// connection to the other broker the client here is away.
//
// In 5.0 a broker is asked for No Local and Retain As Published; one of 3.1.1 is told by the highest bit of the level
// that it is a bridge, which means the same. Who refuses a version or that bit is asked again without.
//
// Memory: some variables of the engine for each function, so that there are few; `npm run memory -- --bridge`.
import { connectPacket, lengthAndText } from '../packets'
import { carry } from './carry'
import { subscribeAll } from './connected'
import type { Remote } from './ends'
import { QOS_BITS, RETAIN_BIT } from './limits'
import {
  comeHere, connectFields, goFromHere, hand, LASTING, leave, link, localEnd, NEWEST, ONE_MESSAGE, PRIVATE,
} from './link'
import { stateSay, stateTopic } from './state'
import { remoteIdentifier, term } from './terms'

/** Milliseconds of a tick. */
const TICK_MS = 1_000
const KEEP_ALIVE_S = 60
/** sys_interval where midge.json has none: boards/defaults.ts. */
const SYS_INTERVAL_S = 10
/** Of a Will, in a CONNECT; its QoS 1, and that it is retained. */
const WILL_FLAG = 4
const WILL_QOS_1 = 8
const WILL_RETAIN = 0x20
/**
 * Properties of a Will of 5.0: it waits five seconds, and is none where we come again meanwhile. [MQTT-3.1.3-9] A
 * DISCONNECT would let the state stand that there is a bridge where we do not come again; so in 3.1.1, where no Will
 * waits, it is published each time, as a bridge of mosquitto has it.
 */
const WILL_DELAYED = '\x05\x18\0\0\0\x05'
/** Options of a SUBSCRIBE of 5.0: as a bridge, and nothing that is retained. */
const NEW_ONLY = 0x2c

/** The other broker publishes our Will when we are gone: that there is no bridge any more. */
function introduce(this: Remote): void {
  // It is called once, and what was connected to is of no use any more.
  delete this['#onconnect']
  delete this.opt
  if (this !== link._remote) return
  const user = term('remote_username')
  const password = term('remote_password')
  const isClean = term('cleansession') === 'true'
  const isNewest = link._level === NEWEST
  const topic = stateTopic('state')
  const will = topic && (isNewest ? WILL_DELAYED : '') + lengthAndText(topic) + lengthAndText('0')
  const willFlags = will ? WILL_FLAG | ((link._unfit & QOS_BITS) === QOS_BITS ? 0 : WILL_QOS_1)
    | (link._unfit & RETAIN_BIT ? 0 : WILL_RETAIN) : 0
  hand(true, connectPacket(link._level,
    (isClean ? 2 : 0) | willFlags | (user ? 0x80 : 0) | (user && password ? 0x40 : 0), link._keepAliveS,
    connectFields(isNewest, (isClean ? '' : LASTING) + link._limits) + lengthAndText(remoteIdentifier())
    + will + (user ? lengthAndText(user) + (password ? lengthAndText(password) : '') : '')))
}

function dial(): void {
  const address = term('address').split(':')
  const isSecure = term('bridge_insecure') === 'true'
  link._quietS = link._silentS = 0
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
    const remote = link._remote = (require(isSecure ? 'tls' : 'net') as { connect(to: object): Remote }).connect({
      host: address[0], port: +(address[1] || (isSecure ? 8883 : 1883)),
    })
    remote.left = 0
    remote['#onconnect'] = introduce
    remote['#ondata'] = remote['#onclose'] = remote['#onerror'] = carry
  // Where nobody listens the engine throws.
  } catch { leave('nobody there') }
}

function countsSay(): void {
  const look = waiting()
  link._saidS = 0
  stateSay('kept', `${look[0]}`, 0)
  stateSay('sent', `${link._sent}`, 0)
  stateSay('dropped', `${look[1]! + (link._refused || 0)}`, 0)
  stateSay('oldest', `${Math.floor(look[2]!)}`, 0)
}

/** Once a second. What is said is said here: the broker may be about something where the bridge comes or goes. */
function bridgeTick(): void {
  if (link._isHere !== link._said) {
    link._said = link._isHere
    stateSay('state', link._isHere ? '1' : '0', 1)
  }
  const sayS = configuration.sys_interval
  if (++link._saidS === (sayS === undefined ? SYS_INTERVAL_S : sayS)) countsSay()
  // A large message that goes there makes room, and would have to begin anew.
  const isMidway = link._remote && localEnd.left
  if (link._retryIn && !isMidway && !--link._retryIn) {
    if (link._remote) leave('no room here', 0)
    return dial()
  }
  if (!link._remote) return
  // [MQTT-3.1.2-22] the other way round: it would answer a PINGREQ.
  if (++link._silentS > link._keepAliveS * 1.5) leave('silent')
  else if (++link._quietS >= link._keepAliveS && link._isHere && !localEnd.left) hand(true, '\xc0\0')
}

function hasTls(): boolean {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
    return !!require('tls')
  } catch {
    return false
  }
}

/** Starts what the lines of midge.json ask for; without an address that is nothing. */
export function bridgeStart(): void {
  if (!term('address')) return
  if (term('bridge_insecure') === 'true' && !hasTls()) return print('bridge: this firmware has no TLS')
  if (!waiting().length) return print('bridge: this board has none')
  link._keepAliveS = +(term('keepalive_interval') || KEEP_ALIVE_S)
  if (term('bridge_protocol_version') === 'mqttv311') link._level = PRIVATE
  localEnd.write = localEnd.end = carry
  // The session here is there from the start: what is published before the first connection waits for it too.
  if (comeHere(ONE_MESSAGE)) {
    subscribeAll(true, '\0', NEW_ONLY)
    goFromHere()
  }
  setInterval(bridgeTick, TICK_MS)
}
