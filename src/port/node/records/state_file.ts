// All that a broker keeps as one file, to be carried to another one: see docs/gateway.md for what it looks like.
import { checksum } from './checksum'
import type { LoadedRecord } from './record_loading'

const MAGIC = 'MDGS'
const VERSION = 1
const HEADER_SIZE = 16
/** What a record has in front of its bytes. */
const HEAD_SIZE = 16
const CHECKSUM_SIZE = 4
const UINT32_MAX = 0xffff_ffff

export type StateRecord = Omit<LoadedRecord, 'entry'>

/** `now` is in seconds since 1970. */
export function stateEncode(records: readonly StateRecord[], now: number): Buffer {
  const size = records.reduce((sum, { bytes }) => sum + HEAD_SIZE + bytes.length + CHECKSUM_SIZE, HEADER_SIZE)
  const file = Buffer.alloc(size)
  file.write(MAGIC, 'latin1')
  file[4] = VERSION
  file.writeUInt32BE(records.length, 8)
  file.writeUInt32BE(checksum(file, 0, 12), 12)
  let at = HEADER_SIZE
  for (const { sequence, kind, marks, seconds, bytes } of records) {
    const start = at
    file.writeUIntBE(sequence, at, 6)
    file[at + 6] = kind
    file[at + 7] = marks
    file.writeUInt32BE(Math.min(UINT32_MAX, Math.max(0, now - seconds)), at + 8)
    file.writeUInt32BE(bytes.length, at + 12)
    file.set(bytes, at + HEAD_SIZE)
    at += HEAD_SIZE + bytes.length
    file.writeUInt32BE(checksum(file, start, at), at)
    at += CHECKSUM_SIZE
  }
  return file
}

/** The records of a file, in the order of their sequence numbers; throws a sentence where it is not whole. */
export function stateDecode(file: Buffer, now: number): StateRecord[] {
  if (file.length < HEADER_SIZE || file.toString('latin1', 0, 4) !== MAGIC) {
    throw new Error('it is neither a state of a broker nor a board\'s flash in which one keeps anything.')
  }
  if (file[4] !== VERSION) throw new Error(`it is of version ${file[4]}; this Midge reads ${VERSION}.`)
  if (file.readUInt32BE(12) !== checksum(file, 0, 12)) throw new Error('its header is damaged.')
  const count = file.readUInt32BE(8)
  const records: StateRecord[] = []
  let at = HEADER_SIZE
  while (records.length < count) {
    const bodyAt = at + HEAD_SIZE
    const end = bodyAt <= file.length ? bodyAt + file.readUInt32BE(at + 12) : Infinity
    if (end + CHECKSUM_SIZE > file.length) throw new Error('its end is missing.')
    if (file.readUInt32BE(end) !== checksum(file, at, end)) throw new Error(`record ${records.length + 1} is damaged.`)
    records.push({
      sequence: file.readUIntBE(at, 6), kind: file[at + 6], marks: file[at + 7],
      seconds: now - file.readUInt32BE(at + 8), bytes: file.subarray(bodyAt, end),
    })
    at = end + CHECKSUM_SIZE
  }
  if (at < file.length) throw new Error('something stands behind its last record.')
  return records.sort((a, b) => a.sequence - b.sequence)
}
