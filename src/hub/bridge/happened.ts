// What happens to a bridge but for packets: a second is over; one of its connections is made, has sent all, or ends.
import { connectPacket, lengthAndText } from '../packets'
import type { Local, Remote } from './ends'
import { QOS_BITS, RETAIN_BIT } from './limits'
import { connectFields, HERE, LASTING, leave, link, localEnd, longer, NEWEST, SAID, send } from './link'
import { stateSay, stateTopic } from './state'
import { remoteIdentifier, term } from './terms'

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
  send(connectPacket(link._level,
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
    // Behind an error comes the end, of which alone it hears.
    remote['#ondata'] = remote['#onclose'] = localEnd.write
  // Where nobody listens the engine throws.
  } catch { leave('nobody there') }
}

function countsSay(): void {
  const broker = anew()
  const look = broker.waiting()
  link._saidS = 0
  stateSay(broker, 'kept', `${look[0]}`, 0)
  stateSay(broker, 'sent', `${link._sent}`, 0)
  stateSay(broker, 'dropped', `${(look[1] || 0) + (link._refused || 0)}`, 0)
  stateSay(broker, 'oldest', `${Math.floor(look[2] || 0)}`, 0)
}

/** Once a second. What is said is said here: the broker may be about something where the bridge comes or goes. */
function bridgeTick(): void {
  const isHere = link._presence & HERE
  if (link._presence >> 1 !== isHere) {
    link._presence = isHere * (HERE | SAID)
    stateSay(anew(), 'state', `${isHere}`, 1)
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
  else if (++link._quietS >= link._keepAliveS && isHere && !localEnd.left) send('\xc0\0')
}

/** What an end says that is no bytes, and in nobody's name that a second is over. */
export function happened(whom: Local | Remote | void, what: unknown): void {
  if (what === undefined) return whom === localEnd ? letGo() : bridgeTick()
  // What a connection that was left still says is nobody's.
  if (whom !== link._remote) return
  // Of a connection that has sent all the engine says which it is; of one that ends, whether that is an error.
  if (what !== whom) return leave('lost')
  delete link._remote!['#ondrain']
  if (localEnd['#ondrain']) localEnd['#ondrain']()
}

function letGo(): void {
  link._presence &= SAID
  leave('let go of by this broker', link._heldS = longer(link._heldS))
}
