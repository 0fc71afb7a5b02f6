// The gateway with the settings that Eclipse Paho's interoperability suite asks of a server in four of its tests. The
// build makes this program a factory: each suite gets a broker of its own. See scripts/paho.mjs.
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_PATTERN,
} from '../../src/broker/access/access_kind'
import { SETTING_KEEP_ALIVE, SETTING_RECEIVE_MAXIMUM, settingSet } from '../../src/broker/settings'
import { accessRuleAdd, listen, start, stop } from '../../src/port/node/bundle'

/** The suite expects the server to shorten a Keep Alive of 120 s to this. */
const KEEP_ALIVE_S = 60
/** Small enough that the suite can send more. */
const RECEIVE_MAXIMUM = 20

/** Starts the broker on a free port; answers the port. */
async function startForSuite(): Promise<number> {
  start()
  settingSet(SETTING_KEEP_ALIVE, KEEP_ALIVE_S)
  settingSet(SETTING_RECEIVE_MAXIMUM, RECEIVE_MAXIMUM)
  accessRuleAdd(RULE_PATTERN, '', ACCESS_READ | ACCESS_WRITE | ACCESS_SUBSCRIBE, '#')
  // What begins with $ is opened by no wildcard, and the suite publishes there.
  accessRuleAdd(RULE_PATTERN, '', ACCESS_READ | ACCESS_WRITE | ACCESS_SUBSCRIBE, '$TopicA/#')
  accessRuleAdd(RULE_PATTERN, '', ACCESS_SUBSCRIBE | ACCESS_DENY, 'test/nosubscribe')
  return listen({ port: 0, host: '127.0.0.1' })
}

export { startForSuite, stop }
