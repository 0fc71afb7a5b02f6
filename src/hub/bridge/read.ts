// The lines of a bridge in midge.json, which are mosquitto.conf's.
import { BETWEEN, bridgeTopics, IN, OUT, PLUS, POLICIES, REST, termTake } from './terms'

/** Seconds: a tick is one. */
const KEEP_ALIVE_MIN = 5
const KEEP_ALIVE_MAX = 65_535

/** Takes them; answers what is wrong with them, if anything is. */
export function bridgeRead(lines: unknown): string {
  if (!Array.isArray(lines)) return 'bridge must be a list of lines'
  /** Words of which the rest of the line is the value. */
  const known = ['address', 'remote_clientid', 'remote_username', 'remote_password', 'keepalive_interval',
    'cleansession', 'notifications', 'bridge_insecure', 'bridge_protocol_version', 'bridge_queue_policy']
  for (const line of lines as string[]) {
    const words = line.split(' ')
    const word = words.shift()!
    const value = words.join(' ')
    if (word === 'topic' ? !topicRead(words) : known.indexOf(word) < 0 || !isSuch(word, value)) {
      const isTls = word.startsWith('bridge_') && known.indexOf(word) < 0 && !word.startsWith('bridge_queue')
      const why = isTls ? ': a board checks no certificates' : ''
      return `bridge: "${line}" is not understood${why}`
    }
    if (word !== 'topic') termTake(line)
  }
  return ''
}

function isSuch(word: string, value: string): boolean {
  const isSwitch = word === 'cleansession' || word === 'notifications' || word === 'bridge_insecure'
  if (isSwitch) return value === 'true' || value === 'false'
  if (word === 'keepalive_interval') return +value >= KEEP_ALIVE_MIN && +value <= KEEP_ALIVE_MAX
  if (word === 'bridge_protocol_version') return value === 'mqttv50' || value === 'mqttv311'
  if (word === 'bridge_queue_policy') return POLICIES.split(' ').indexOf(value) >= 0
  return value !== ''
}

/** `pattern [out|in|both [QoS [local-prefix [remote-prefix]]]]`; two quotes stand for nothing. */
function topicRead(words: string[]): boolean {
  const texts = words.map(text => text === '""' ? '' : text)
  const pattern = texts[0] || ''
  const way = ['out', 'in', 'both'].indexOf(texts[1] || 'out')
  const qos = +(texts[2] || 0)
  const localPrefix = texts[3] || ''
  const remotePrefix = texts[4] || ''
  const isRight = way >= 0 && (qos === 0 || qos === 1 || qos === 2) && words.length < 6
    && patternIsValid(localPrefix + pattern) && patternIsValid(remotePrefix + pattern)
    && !hasWildcard(localPrefix) && !hasWildcard(remotePrefix)
  if (isRight) {
    const isRest = pattern.endsWith('#')
    const ways = (way !== 1 ? OUT : 0) | (way > 0 ? IN : 0) | qos | (pattern.indexOf('+') < 0 ? 0 : PLUS)
      | (isRest ? REST : 0)
    const stem = isRest ? pattern.substr(0, pattern.length - 1) : pattern
    bridgeTopics.push([ways, stem, localPrefix, remotePrefix].join(BETWEEN))
  }
  return isRight
}

function hasWildcard(text: string): boolean {
  return text.indexOf('#') >= 0 || text.indexOf('+') >= 0
}

/** [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-1] */
function patternIsValid(filter: string): boolean {
  const levels = filter.split('/')
  const last = levels.pop()!
  for (const level of levels) if (hasWildcard(level) && level !== '+') return false
  return filter !== '' && (!hasWildcard(last) || last === '+' || last === '#')
}
