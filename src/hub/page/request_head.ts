// The head of an HTTP request, read as it comes, in pieces of any size: lines are looked at and forgotten, so that it
// takes no more of the engine's variables than what is wanted of it.
import type { RequestHead } from './visitor'

/** Bytes of all lines, and what is kept of one. */
const SIZE_MAX = 4_096
const LINE_MAX = 256

// Fields that are wanted, in this order.
export const HOST = 0
export const ORIGIN = 1
export const UPGRADE = 2
export const KEY = 3
export const VERSION = 4
export const PROTOCOL = 5
const FIELDS = 'host,origin,upgrade,sec-websocket-key,sec-websocket-version,sec-websocket-protocol'

export const headNew = (): RequestHead => ({ _size: 0, _line: '', _words: [], _values: [] })

/** One that comes twice has both values, which no field of these can have. */
function fieldTake(head: RequestHead, line: string): void {
  const colon = line.indexOf(':')
  const field = FIELDS.split(',').indexOf(line.substr(0, colon).toLowerCase())
  const value = line.substr(colon + 1).trim()
  if (field >= 0) head._values[field] = head._values[field] === undefined ? value : `${head._values[field]},${value}`
}

/** Answers where in this piece the head has ended; 0: more must come; -1: it is too long. */
export function headTake(head: RequestHead, data: string): number {
  for (let at = 0; ;) {
    const end = data.indexOf('\n', at)
    head._line = (head._line + (end < 0 ? data.substr(at) : data.substr(at, end - at))).substr(0, LINE_MAX)
    if (end < 0) return (head._size += data.length - at) > SIZE_MAX ? -1 : 0
    head._size += end + 1 - at
    if (head._size > SIZE_MAX) return -1
    at = end + 1
    const line = head._line.trim()
    head._line = ''
    if (line && head._words.length) fieldTake(head, line)
    // Empty lines before a request mean nothing. [RFC 9112 section 2.2]
    else if (line) head._words = line.split(' ')
    else if (head._words.length) return at
  }
}
