// What a board prints of its clients, as sentences: its own lines have codes and numbers of connections.

import {
  LOG_ACCEPTED, LOG_CLIENT, LOG_CLOSED, LOG_CONNECTED, LOG_OF_SESSIONS, LOG_REFUSED,
} from '../broker/log_code'
import { LOG_WORDS, VERSIONS, logSentence, reasonText } from '../log_text'

const WORDS = LOG_WORDS.split(',')

/** A name of bytes that a board has written as JSON, or as the engine does, which has another escape. */
function nameOf (json: string): string | null {
  try {
    const bytes = JSON.parse(json.replace(/\\x(..)/g, '\\u00$1')) as string
    return new TextDecoder().decode(Uint8Array.from(bytes, letter => letter.charCodeAt(0)))
  } catch {
    return null
  }
}

/** A name may hold anything: what would mislead is quoted. */
const shown = (name: string): string => /^[\p{L}\p{N}_.:@/+-]+$/u.test(name) ? name : JSON.stringify(name)

export class BoardLog {
  /** Names by the numbers of connections, as far as they were told. */
  private readonly names = new Map<number, string>()
  private client = ''

  /** Answers what takes a board's lines and prints them for people. */
  static printer (print: (line: string) => void): (line: string) => void {
    const log = new BoardLog()
    return line => {
      const sentence = log.decode(line)
      if (sentence !== null) print(sentence)
    }
  }

  /** A line for people; null for one that has told something about the next. Others stay as they are. */
  decode (line: string): string | null {
    const [, word, rest] = /^([A-Z a-z]+): (.*)$/.exec(line) ?? []
    const code = WORDS.indexOf(word)
    if (code < 0) return line
    return code < LOG_OF_SESSIONS ? this.ofConnection(line, code, rest) : this.ofSession(line, code, rest)
  }

  private ofSession (line: string, code: number, rest: string): string | null {
    const name = nameOf(rest)
    if (name === null) return line
    if (code !== LOG_CLIENT) return logSentence(code, shown(name), '')
    this.client = shown(name)
    return null
  }

  private ofConnection (line: string, code: number, rest: string): string | null {
    const [, number, detail] = /^(-?\d+) (\d+)$/.exec(rest) ?? []
    if (detail === undefined) return line
    if (code === LOG_ACCEPTED) return null
    const slot = Number(number)
    if (code === LOG_CONNECTED) this.names.set(slot, this.client || `client ${slot}`)
    this.client = ''
    const name = this.names.get(slot)
    if (code === LOG_CLOSED) this.names.delete(slot)
    // Who came and went without a word was nobody's client: a port that was looked for.
    const what = code === LOG_CONNECTED ? VERSIONS[Number(detail)] : reasonText(Number(detail))
    if (code === LOG_CLOSED && name === undefined && !what) return null
    return logSentence(code, code === LOG_REFUSED ? 'a client' : name ?? `client ${slot}`, what)
  }
}
