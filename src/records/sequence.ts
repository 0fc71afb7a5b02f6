// A record's sequence number in another record, six bytes.
import { readFourByteInteger, readTwoByteInteger } from '../codec/reader'
import { writeFourByteInteger, writeTwoByteInteger } from '../codec/writer'
import { TABLES_GROW } from '../limits'

/** A board's numbers have 32 bits. */
export function writeSequence(sequence: number): void {
  writeTwoByteInteger(TABLES_GROW ? Math.floor(sequence / 0x1_0000_0000) : 0)
  writeFourByteInteger(TABLES_GROW ? sequence % 0x1_0000_0000 : sequence)
}

export function readSequence(): number {
  const high = readTwoByteInteger()
  return TABLES_GROW ? high * 0x1_0000_0000 + readFourByteInteger() : readFourByteInteger()
}
