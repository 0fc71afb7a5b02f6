// Topics as subjects of the engine: levels joined by dots. A level that is empty is `%`, and what the engine does not
// take in one, or would take for something else, is its bytes in hexadecimal behind `%`: dots, wildcards, white space,
// control characters and whatever is not ASCII. A line of the engine's protocol has 4,096 bytes at the most: topics
// with longer subjects share one, which every gateway reads.
import { createHash } from 'node:crypto'

/** What goes as it is. */
const PLAIN = /^[!-~]$/
const NOT_PLAIN = new Set(['.', '*', '>', '%'])

const escaped = (letter: string): string =>
  [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

const isPlain = (letter: string): boolean => PLAIN.test(letter) && !NOT_PLAIN.has(letter)

const token = (level: string): string =>
  level === '' ? '%' : [...level].map((letter) => isPlain(letter) ? letter : escaped(letter)).join('')

const SUBJECT_SIZE_MAX = 1_000
/** Bytes of `.>`: what a filter may have more than the topic that it matches. */
const REST_SIZE = 2
/** The subject of topics that have none of their own: no level is this. */
export const LONG_SUBJECT = '%%'

export function topicSubject(topic: string): string {
  const subject = topic.split('/').map(token).join('.')
  return subject.length > SUBJECT_SIZE_MAX ? LONG_SUBJECT : subject
}

/**
 * The subjects that a Topic Filter matches, besides the shared one: `#` stands for its parent too. [MQTT-4.7.1-2] One
 * that is too long has none: what it matches is hardly shorter.
 */
export function filterSubjects(filter: string): string[] {
  const levels = filter.split('/')
  const tokens = levels.map((level) => level === '+' ? '*' : level === '#' ? '>' : token(level))
  const isParentToo = tokens.length > 1 && levels.at(-1) === '#'
  const subjects = [tokens.join('.'), ...isParentToo ? [tokens.slice(0, -1).join('.')] : []]
  return subjects.filter(({ length }) => length <= SUBJECT_SIZE_MAX + REST_SIZE)
}

/** Characters of a key that stay what they are; a longer one is a hash. */
const KEY_SIZE_MAX = 120

/** The key of a Client Identifier or a topic in a bucket. */
export function keyOf(text: string): string {
  const key = Buffer.from(text).toString('base64url')
  return key.length <= KEY_SIZE_MAX ? `k${key}` : `h${createHash('sha256').update(text).digest('base64url')}`
}
