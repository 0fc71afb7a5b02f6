// Packets of mDNS: RFC 1035 and RFC 6762. Nothing in one is believed: a name's references lead backwards only, and what
// is not whole ends the packet.

export const TYPE_A = 1
export const TYPE_PTR = 12
export const TYPE_TXT = 16
export const TYPE_SRV = 33
export const TYPE_ANY = 255

const NAME_SIZE_MAX = 255
const HEADER_SIZE = 12
const LABEL_SIZE_MAX = 63
const REFERENCE = 0xc0

/** Where what was read last has ended; -1: it is not whole. */
let end = 0

export function twoBytes(value: number): string {
  return String.fromCharCode(value >> 8, value & 0xff)
}

/** A number of two bytes; NaN behind the end. */
export function numberAt(data: string, at: number): number {
  return data.charCodeAt(at) * 0x100 + data.charCodeAt(at + 1)
}

/** A name as bytes: labels with their sizes, and none. */
export function nameBytes(name: string): string {
  return name.split('.').map(label => String.fromCharCode(label.length) + label).join('') + '\0'
}

/** The name that begins there, in small letters with dots; '' where there is none. `end` is behind it. */
function nameRead(data: string, start: number): string {
  let name = ''
  let at = start
  let least = start
  end = -1
  // What is not there is told by where it would stand: the build turns comparisons round, which NaN does not bear.
  while (at < data.length) {
    const size = data.charCodeAt(at++)
    if (size >= REFERENCE) {
      const place = (size - REFERENCE) * 0x100 + data.charCodeAt(at++)
      if (at > data.length || place >= least) break
      if (end < 0) end = at
      at = least = place
      continue
    }
    if (size === 0) {
      if (end < 0) end = at
      return name
    }
    if (size > LABEL_SIZE_MAX || name.length + size >= NAME_SIZE_MAX || at + size > data.length) break
    name += (name && '.') + data.substr(at, size).toLowerCase()
    at += size
  }
  end = -1
  return ''
}

export interface Question { name: string, type: number, isUnicast: boolean }

/** `kind`: 1 is an answer, 2 an authority, 3 additional. `target` is the name that a PTR leads to. */
export interface Entry { kind: number, name: string, type: number, ttl: number, data: string, target: string }

/** Calls back for the questions and the records of a packet; false: it was not whole to its end. */
export function packetRead(
  data: string, onQuestion: (question: Question) => void, onEntry: (entry: Entry) => void,
): boolean {
  let at = HEADER_SIZE
  for (let count = numberAt(data, 4); count > 0; count--) {
    const name = nameRead(data, at)
    if (end < 0 || end + 4 > data.length) return false
    at = end + 4
    onQuestion({ name, type: numberAt(data, at - 4), isUnicast: numberAt(data, at - 2) > 0x7fff })
  }
  for (let kind = 1; kind <= 3; kind++) {
    for (let count = numberAt(data, 4 + kind * 2); count > 0; count--) {
      const name = nameRead(data, at)
      if (end < 0 || end + 10 > data.length) return false
      const start = end + 10
      const type = numberAt(data, start - 10)
      const ttl = numberAt(data, start - 6) * 0x10000 + numberAt(data, start - 4)
      at = start + numberAt(data, start - 2)
      if (at > data.length) return false
      const target = type === TYPE_PTR ? nameRead(data, start) : ''
      onEntry({ kind, name, type, ttl, data: data.substr(start, at - start), target })
    }
  }
  return true
}

/** A record's bytes; `isOurs`: nobody else has one of that name. */
export function record(name: string, type: number, isOurs: boolean, ttl: number, data: string): string {
  return nameBytes(name) + twoBytes(type) + (isOurs ? '\x80\x01' : '\0\x01') + '\0\0' + twoBytes(ttl)
    + twoBytes(data.length) + data
}
