// The header of HAProxy's PROXY protocol, versions 1 and 2: where the client behind a proxy is, and in version 2
// whether it speaks TLS with that, and who it is by its certificate.
import { isIPv4, isIPv6 } from 'node:net'

/** What a proxy says of its client. */
export interface Proxied {
  /** Bytes of the header. */
  size: number
  /** undefined: the proxy itself has connected, to look whether somebody is there. */
  address?: string
  isTls?: boolean
  /** The Common Name of a certificate that the proxy has found good; '' where it has none. */
  commonName?: string
}

/** The header is not complete; it is none. */
export type ProxyAnswer = Proxied | 'more' | 'bad'

const LINE_SIZE_MAX = 107
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const HEAD_SIZE = 16
/** Bytes behind the head of version 2. */
const REST_SIZE_MAX = 4_096

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535

function lineRead(bytes: Buffer): ProxyAnswer {
  const start = 'PROXY '
  if (!start.startsWith(bytes.toString('latin1', 0, start.length))) return 'bad'
  const end = bytes.indexOf('\r\n')
  if (end < 0 || end + 2 > LINE_SIZE_MAX) return end < 0 && bytes.length < LINE_SIZE_MAX ? 'more' : 'bad'
  const [, protocol, source, target, ...ports] = bytes.toString('latin1', 0, end).split(' ')
  const size = end + 2
  if (protocol === 'UNKNOWN') return { size }
  const isAddress = { TCP4: isIPv4, TCP6: isIPv6 }[protocol ?? '']
  const isGood = isAddress?.(source) === true && isAddress(target) && ports.length === 2 && ports.every(isPort)
  return isGood ? { size, address: source } : 'bad'
}

/** Kinds of what stands behind the addresses, and bits of the one about TLS. */
const SSL = 0x20
const SSL_COMMON_NAME = 0x22
const CLIENT_SSL = 1
const CLIENT_CERTIFICATE = 6

/** Calls `take` for each of a list of kinds with sizes; false: it is none. */
function eachPart(bytes: Buffer, take: (kind: number, value: Buffer) => void): boolean {
  let at = 0
  while (at + 3 <= bytes.length) {
    const end = at + 3 + bytes.readUInt16BE(at + 1)
    if (end > bytes.length) return false
    take(bytes[at], bytes.subarray(at + 3, end))
    at = end
  }
  return at === bytes.length
}

function sslRead(value: Buffer, to: Proxied): boolean {
  if (value.length < 5) return false
  to.isTls = (value[0] & CLIENT_SSL) > 0
  const isGood = to.isTls && (value[0] & CLIENT_CERTIFICATE) > 0 && value.readUInt32BE(1) === 0
  if (isGood) to.commonName = ''
  return eachPart(value.subarray(5), (kind, name) => {
    if (kind === SSL_COMMON_NAME && isGood) to.commonName = name.toString()
  })
}

/** Sizes of both addresses with their ports by family and transport: TCP over IPv4 and IPv6, and Unix. */
const ADDRESSES: Record<number, number> = { 0x00: 0, 0x11: 12, 0x21: 36, 0x31: 216 }

/** In front of an address of IPv4 that a socket of both kinds has. */
const MAPPED = Buffer.from([...Array<number>(10).fill(0), 0xff, 0xff])

function addressText(family: number, bytes: Buffer): string {
  if (family === 0x11) return bytes.subarray(0, 4).join('.')
  // As one of IPv6 all of them would be one network, which is limited and banned as one.
  if (family === 0x21 && bytes.indexOf(MAPPED) === 0) return bytes.subarray(MAPPED.length, 16).join('.')
  if (family === 0x31) return bytes.toString('utf8', 0, 108).replace(/\0.*$/s, '') || 'unix'
  const groups = Array.from({ length: 8 }, (_group, i) => bytes.readUInt16BE(i * 2).toString(16)).join(':')
  return groups === '0:0:0:0:0:0:0:1' ? '::1' : groups
}

function binaryRead(bytes: Buffer): ProxyAnswer {
  const known = Math.min(bytes.length, SIGNATURE.length)
  if (!bytes.subarray(0, known).equals(SIGNATURE.subarray(0, known))) return 'bad'
  if (bytes.length < HEAD_SIZE) return 'more'
  const [command, family] = [bytes[12], bytes[13]]
  const restSize = bytes.readUInt16BE(14)
  if (command !== 0x20 && command !== 0x21 || restSize > REST_SIZE_MAX) return 'bad'
  if (bytes.length < HEAD_SIZE + restSize) return 'more'
  const proxied: Proxied = { size: HEAD_SIZE + restSize }
  if (command === 0x20) return proxied
  const addressSize = ADDRESSES[family] as number | undefined
  if (addressSize === undefined || restSize < addressSize) return 'bad'
  const rest = bytes.subarray(HEAD_SIZE, HEAD_SIZE + restSize)
  if (addressSize) proxied.address = addressText(family, rest)
  let isGood = true
  const isWhole = eachPart(rest.subarray(addressSize), (kind, value) => {
    if (kind === SSL) isGood &&= sslRead(value, proxied)
  })
  return isWhole && isGood ? proxied : 'bad'
}

/** Reads a header from what has come of a connection. */
export const proxyHeaderRead = (bytes: Buffer, version: 1 | 2): ProxyAnswer =>
  version === 1 ? lineRead(bytes) : binaryRead(bytes)
