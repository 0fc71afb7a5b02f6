// Midge's own keys, which mosquitto has not: what payloads must be on topics that a filter matches. A line each, and
// any number of them.
import { isTopicFilter } from '../../../client/topic_filter'
import type { PayloadRule } from '../library/payload_api'
import type { KeyHandler } from './draft'
import { ConfigurationError, type Entry } from './entries'
import { readPath, readText } from './values'

/** The first word of a value, which is a Topic Filter, and what follows. */
function filterOf(entry: Entry, form: string): { filter: string, rest: string[] } {
  const [filter, ...rest] = readText(entry).split(/\s+/)
  if (isTopicFilter(filter)) return { filter, rest }
  throw new ConfigurationError(entry, `${filter} is no Topic Filter; say ${entry.key} ${form}.`)
}

const rule = (form: string, read: (entry: Entry, filter: string, rest: string[]) => PayloadRule | null): KeyHandler =>
  ({ options }, entry) => {
    const { filter, rest } = filterOf(entry, form)
    const made = read(entry, filter, rest)
    // What it says is not repeated: there may be a password in a URL.
    if (!made) throw new ConfigurationError(entry, `this is no ${entry.key}; say ${entry.key} ${form}.`)
    options.payloadRules.push(made)
    options.payloadPlaces.push(entry)
  }

/** The path of a file, which may have spaces in it. */
const pathOf = (entry: Entry, words: string[]): string => readPath({ ...entry, value: words.join(' ') })

const fileRule = (format: 'json' | 'avro'): KeyHandler => rule('<filter> <file>', (entry, filter, rest) =>
  rest.length ? { filter, format, file: pathOf(entry, rest) } : null)

export const PAYLOAD_KEYS: Record<string, KeyHandler> = {
  payload_json: fileRule('json'),
  payload_avro: fileRule('avro'),
  payload_protobuf: rule('<filter> <message type> <file>', (entry, filter, [messageType, ...rest]) =>
    rest.length ? { filter, format: 'protobuf', messageType, file: pathOf(entry, rest) } : null),
  payload_registry: rule('<filter> <url> [subject]', (_entry, filter, [url = '', subject, more]) =>
    /^https?:\/\//.test(url) && URL.canParse(url) && more === undefined
      ? { filter, format: 'registry', url, ...subject === undefined ? {} : { subject } }
      : null),
}
