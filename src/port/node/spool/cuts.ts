// What is sent of payloads that are files: places in a buffer at which one goes, which is read as fast as its
// connection takes it.
import type { Duplex } from 'node:stream'
import type { SpoolFile } from './spool_file'

/** Bytes that are read and written at a time. */
const PIECE_SIZE = 131_072

/** A payload that goes out behind the first `at` bytes of a buffer. */
export interface Cut { at: number, file: SpoolFile }

/** Writes the first `size` bytes of a buffer with payloads between them; each is left when it was sent. */
export function cutsWrite(
  stream: Duplex, bytes: Uint8Array, size: number, cuts: Cut[], leave: (file: SpoolFile) => void, done: () => void,
): void {
  const piece = Buffer.allocUnsafeSlow(PIECE_SIZE)
  let at = 0
  const next = (): void => {
    const cut = cuts.shift()
    if (!cut) return size > at ? void stream.write(bytes.subarray(at, size), done) : done()
    if (cut.at > at) stream.write(bytes.subarray(at, cut.at))
    at = cut.at
    fileWrite(stream, cut.file, 0, piece, () => {
      leave(cut.file)
      next()
    })
  }
  // Of a stream that is gone all ends at once, and not before the caller goes on.
  setImmediate(next)
}

function fileWrite(stream: Duplex, file: SpoolFile, from: number, piece: Buffer, done: () => void): void {
  if (stream.destroyed || from === file.size) return done()
  const bytes = piece.subarray(0, Math.min(PIECE_SIZE, file.size - from))
  file.read(bytes, from, (error) => {
    // Half a packet is none.
    if (error) stream.destroy()
    stream.write(bytes, () => fileWrite(stream, file, from + bytes.length, piece, done))
  })
}
