// What a board says of itself: RFC 6763. A record is a bit, so that several are a number.
import { nameBytes, record, twoBytes, TYPE_A, TYPE_ANY, TYPE_PTR, TYPE_SRV, TYPE_TXT } from './packet'

const SERVICE = '_mqtt._tcp.local'
const SERVICES = '_services._dns-sd._udp.local'

const HAS_A = 1
const HAS_SRV = 2
const HAS_TXT = 4
const HAS_PTR = 8
const HAS_SERVICES = 16
export const HAS_ALL = 31

/** Seconds: of what names a host, and of the rest. */
const HOST_TTL = 120
const TTL = 4_500
/** Seconds for who asks from another port, as one does that knows no mDNS. */
const FOREIGN_TTL = 10

let wanted = ''
let number = 1
let port = 0
/** Four bytes. */
let address = ''

/** The name that is asked for; the next ones have a number behind it. */
export function nameWanted(name: string, servicePort: number): void {
  wanted = name.toLowerCase()
  port = servicePort
}

/** Somebody else has it. */
export function nameNext(): void {
  number++
}

export function addressSet(text: string): void {
  address = text.split('.').map(part => String.fromCharCode(+part)).join('')
}

export const hostLabel = (): string => number > 1 ? `${wanted}-${number}` : wanted
export const hostName = (): string => hostLabel() + '.local'
export const instanceName = (): string => (number > 1 ? `${wanted} (${number})` : wanted) + '.' + SERVICE

/** What a record says, by its type. */
export function dataOf(type: number): string {
  if (type === TYPE_A) return address
  return type === TYPE_SRV ? '\0\0\0\0' + twoBytes(port) + nameBytes(hostName()) : '\0'
}

/** The records that a question is about. */
export function askedFor(name: string, type: number): number {
  const is = (what: number): boolean => type === what || type === TYPE_ANY
  if (name === hostName()) return is(TYPE_A) ? HAS_A : 0
  if (name === instanceName()) return (is(TYPE_SRV) ? HAS_SRV | HAS_A : 0) | (is(TYPE_TXT) ? HAS_TXT : 0)
  if (!is(TYPE_PTR)) return 0
  // Who looks for brokers asks for the rest next.
  return name === SERVICE ? HAS_PTR | HAS_SRV | HAS_TXT | HAS_A : name === SERVICES ? HAS_SERVICES : 0
}

/** The record that somebody knows already. */
export function knownAs(name: string, type: number, target: string, ttl: number): number {
  if (type !== TYPE_PTR || ttl < TTL / 2) return 0
  if (name === SERVICE && target === instanceName()) return HAS_PTR
  return name === SERVICES && target === SERVICE ? HAS_SERVICES : 0
}

function count(records: number): number {
  let sum = 0
  for (let bit = 1; bit <= HAS_SERVICES; bit *= 2) if (records & bit) sum++
  return sum
}

/** Some 350 bytes at the most, of the 528 that the engine sends. */
function recordsBytes(records: number, ttlMax: number, isOurs: boolean): string {
  const long = Math.min(TTL, ttlMax)
  const short = Math.min(HOST_TTL, ttlMax)
  return (records & HAS_PTR ? record(SERVICE, TYPE_PTR, false, long, nameBytes(instanceName())) : '')
    + (records & HAS_SERVICES ? record(SERVICES, TYPE_PTR, false, long, nameBytes(SERVICE)) : '')
    + (records & HAS_SRV ? record(instanceName(), TYPE_SRV, isOurs, short, dataOf(TYPE_SRV)) : '')
    + (records & HAS_TXT ? record(instanceName(), TYPE_TXT, isOurs, long, dataOf(TYPE_TXT)) : '')
    + (records & HAS_A ? record(hostName(), TYPE_A, isOurs, short, address) : '')
}

/** To all; `isEnd`: none of it holds any more. */
export function response(records: number, isEnd: boolean): string {
  return '\0\0\x84\0\0\0' + twoBytes(count(records)) + '\0\0\0\0' + recordsBytes(records, isEnd ? 0 : TTL, true)
}

/** To one that asks from a port of its own, as of DNS: `head` is its number, `question` what it has asked. */
export function foreignResponse(records: number, head: string, question: string): string {
  return head + '\x84\0\0\x01' + twoBytes(count(records)) + '\0\0\0\0' + question
    + recordsBytes(records, FOREIGN_TTL, false)
}

/** Asks whether somebody has the names. */
export function probe(): string {
  const any = twoBytes(TYPE_ANY) + '\0\x01'
  return '\0\0\0\0\0\x02\0\0\0\x02\0\0' + nameBytes(hostName()) + any + nameBytes(instanceName()) + any
    + recordsBytes(HAS_A | HAS_SRV, TTL, false)
}
