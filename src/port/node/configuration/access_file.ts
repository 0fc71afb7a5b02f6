// acl_file: who may read and write which topics, in mosquitto's words.
import { isTopicFilter } from '../../../client/topic_filter'
import { ConfigurationError, ConfigurationErrors, type Place, readLines } from './entries'
import type { AccessRule } from '../library/api'

const ACCESS = ['read', 'write', 'readwrite', 'deny']

/** `[access] filter`; without a word of access it is readwrite. The filter may have spaces in it. */
function parseGrant(text: string): { access: AccessRule['access'], filter: string } {
  const [, word, rest] = /^(\S+)(?:\s+(.*))?$/.exec(text) ?? []
  if (rest && ACCESS.includes(word)) return { access: word as AccessRule['access'], filter: rest }
  return { access: 'readwrite', filter: text }
}

/** Rules in the order of the file; what stands before the first `user` is for clients without a User Name. */
export function readAccessRules(path: string, from: Place): AccessRule[] {
  const rules: AccessRule[] = []
  const errors: ConfigurationError[] = []
  let userName: string | null = null
  for (const { text, line } of readLines(path, from)) {
    const place = { file: path, line }
    const [, word, rest] = /^(\S+)\s*(.*)$/.exec(text)!
    if (word === 'user' && rest) userName = rest
    else if (word === 'topic' || word === 'pattern') {
      const grant = parseGrant(rest)
      if (isTopicFilter(grant.filter)) rules.push(word === 'pattern' ? grant : { ...grant, userName })
      else {
        errors.push(new ConfigurationError(
          place, `${grant.filter || 'nothing'} is no Topic Filter; write topic read sensors/#, say.`))
      }
    } else {
      errors.push(new ConfigurationError(place, `${word} is no word of an acl_file; say user, topic or pattern.`))
    }
  }
  if (errors.length) throw new ConfigurationErrors(errors)
  return rules
}

/** go-auth's: what stands before the first `user` is for everybody. */
export const readGoAuthRules = (path: string, from: Place): AccessRule[] => readAccessRules(path, from)
  .map(({ userName, ...rule }) => userName === null ? rule : { ...rule, userName })

/** What a list is where nobody else is asked: a file without rules allows nothing. */
export const rulesAlone = (rules: AccessRule[]): AccessRule[] =>
  rules.length ? rules : [{ access: 'deny', filter: '#' }]
