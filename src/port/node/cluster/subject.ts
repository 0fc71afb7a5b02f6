// Topics as subjects of the engine: levels joined by dots. A level that is empty is `%`, and what the engine does not
// take in one, or would take for something else, is its bytes in hexadecimal behind `%`: dots, wildcards, white space,
// control characters and whatever is not ASCII.
import { createHash } from 'node:crypto'

/** What goes as it is. */
const PLAIN = /^[!-~]$/
const NOT_PLAIN = new Set(['.', '*', '>', '%'])

const escaped = (letter: string): string =>
  [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

const isPlain = (letter: string): boolean => PLAIN.test(letter) && !NOT_PLAIN.has(letter)

const token = (level: string): string =>
  level === '' ? '%' : [...level].map((letter) => isPlain(letter) ? letter : escaped(letter)).join('')

export const topicSubject = (topic: string): string => topic.split('/').map(token).join('.')

/** The subjects that a Topic Filter matches: `#` stands for its parent too. [MQTT-4.7.1-2] */
export function filterSubjects(filter: string): string[] {
  const levels = filter.split('/')
  const tokens = levels.map((level) => level === '+' ? '*' : level === '#' ? '>' : token(level))
  const isParentToo = tokens.length > 1 && levels.at(-1) === '#'
  return isParentToo ? [tokens.join('.'), tokens.slice(0, -1).join('.')] : [tokens.join('.')]
}

/** Characters of a key that stay what they are; a longer one is a hash. */
const KEY_SIZE_MAX = 120

/** The key of a Client Identifier or a topic in a bucket. */
export function keyOf(text: string): string {
  const key = Buffer.from(text).toString('base64url')
  return key.length <= KEY_SIZE_MAX ? `k${key}` : `h${createHash('sha256').update(text).digest('base64url')}`
}
