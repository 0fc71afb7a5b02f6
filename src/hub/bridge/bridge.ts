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
import { carry } from './carry'
import { subscribeAll } from './connected'
import { comeHere, goFromHere, link, localEnd, ONE_MESSAGE, PRIVATE } from './link'
import { term } from './terms'

const KEEP_ALIVE_S = 60
/** Options of a SUBSCRIBE of 5.0: as a bridge, and nothing that is retained. */
const NEW_ONLY = 0x2c

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
  if (!anew().waiting().length) return print('bridge: this board has none')
  link._keepAliveS = +(term('keepalive_interval') || KEEP_ALIVE_S)
  if (term('bridge_protocol_version') === 'mqttv311') link._level = PRIVATE
  localEnd.write = localEnd.end = carry
  // The session here is there from the start: what is published before the first connection waits for it too.
  if (comeHere(ONE_MESSAGE)) {
    subscribeAll(true, '\0', NEW_ONLY)
    goFromHere()
  }
  seconds.push(carry)
}
