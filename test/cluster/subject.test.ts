// Topics and filters as subjects and keys of the engine.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterMatches, isTopicFilter } from '../../src/client/topic_filter'
import { LONG_SUBJECT, filterSubjects, keyOf, topicSubject } from '../../src/port/node/cluster/subject'

/** Whether a pattern of the engine matches a subject. */
function subjectMatches (pattern: string, subject: string): boolean {
  const wanted = pattern.split('.')
  const tokens = subject.split('.')
  for (const [i, token] of wanted.entries()) {
    if (token === '>') return tokens.length > i
    if (i >= tokens.length || token !== '*' && token !== tokens[i]) return false
  }
  return wanted.length === tokens.length
}

const level = fc.oneof(fc.constantFrom('', 'a', 'b', '.', '%', '>', '*', ' ', 'ü', '\t'), fc.string({ maxLength: 3 }))
const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map(levels => levels.join('/'))
  .filter(topic => topic !== '' && !/[+#\0]/.test(topic))
const filters = fc.array(fc.oneof(level, fc.constantFrom('+', '#')), { minLength: 1, maxLength: 4 })
  .map(levels => levels.join('/')).filter(isTopicFilter)

describe('subjects of the engine', () => {
  it('have no token that it does not take', () => {
    fc.assert(fc.property(topics, topic => {
      const subject = topicSubject(topic)
      return /^[!-)+-=?-~]+$/.test(subject) && !/(^|\.)(\.|$)/.test(subject)
    }))
  })

  it('are as many as there are topics', () => {
    fc.assert(fc.property(topics, topics, (one, other) =>
      (topicSubject(one) === topicSubject(other)) === (one === other)))
  })

  it('match what the Topic Filter matches, but for the rule about $', () => {
    fc.assert(fc.property(filters, topics.filter(topic => !topic.startsWith('$')), (filter, topic) => {
      const isMatch = filterSubjects(filter).some(pattern => subjectMatches(pattern, topicSubject(topic)))
      return isMatch === filterMatches(filter, topic)
    }), { numRuns: 2_000 })
  })

  it('are short, whatever the topic: long ones share one, which no filter needs to match', () => {
    const long = fc.array(fc.string({ minLength: 300, maxLength: 400 }), { minLength: 1, maxLength: 5 })
      .map(levels => levels.join('/').replace(/[+#\0$]/g, 'x'))
    fc.assert(fc.property(long, topic => {
      const subject = topicSubject(topic)
      const patterns = [topic, `${topic}/#`].flatMap(filterSubjects)
      expect(Math.max(subject.length, ...patterns.map(({ length }) => length))).toBeLessThan(1_100)
      const isFound = patterns.some(pattern => subjectMatches(pattern, subject))
      expect(subject === LONG_SUBJECT || isFound).toBe(true)
    }))
    expect(filterSubjects(`${'x'.repeat(65_000)}/#`)).toEqual([])
  })

  it('have keys of their own for long texts too', () => {
    expect(keyOf('a'.repeat(60_000))).toMatch(/^h[\w-]{43}$/)
    fc.assert(fc.property(topics, topic => /^[kh][\w-]+$/.test(keyOf(topic))))
  })
})
