// While the board's own network is open every name leads to the board: a phone that asks for the pages by which it
// tells whether there is an internet is led to the board's page. RFC 1035.

/** Seconds for which an answer holds: not when the phone is back in its own network. */
const LASTS_S = '\x05'
const LABEL_SIZE_MAX = 63
const NAME_SIZE_MAX = 255
const HEADER_SIZE = 12
/** One question: its type, an address, and its class, the internet. */
const ADDRESS = '\0\x01\0\x01'

/** Where a name ends that begins behind the header; 0 where it does not, or is a reference, as no question has. */
function nameEnd(query: string): number {
  let at = HEADER_SIZE
  for (;;) {
    const size = query.charCodeAt(at++)
    if (!size) return size === 0 ? at : 0
    at += size
    if (!(size <= LABEL_SIZE_MAX) || at - HEADER_SIZE > NAME_SIZE_MAX) return 0
  }
}

/** The answer to a query, with four bytes of an address; '' for what is none. */
export function namesAnswer(query: string, address: string): string {
  const flags = query.charCodeAt(2)
  // A standard query with one question.
  if (!(flags < 8) || query.substr(4, 2) !== '\0\x01') return ''
  const end = nameEnd(query)
  const kind = query.substr(end, 4)
  if (!end || kind.length < 4) return ''
  const isAddress = kind === ADDRESS
  return query.substr(0, 2) + String.fromCharCode(0x84 | flags & 1) + '\x80\0\x01' + (isAddress ? '\0\x01' : '\0\0')
    + '\0\0\0\0' + query.substr(HEADER_SIZE, end + 4 - HEADER_SIZE)
    + (isAddress ? '\xc0\x0c' + ADDRESS + '\0\0\0' + LASTS_S + '\0\x04' + address : '')
}
