// Buffers for what is being sent, by size: taken for a turn, given back when the network has their bytes.

/** Sizes in bytes; larger ones are made and dropped. */
const CLASSES = [1_024, 16_384, 131_072]
/** Buffers that are kept for later, by class: at most 1, 8 and 16 MB. */
const KEPT_MAX = [1_024, 512, 128]

/** Bytes that are gathered for a write, and the same four at a time. */
export class SendBuffer {
  readonly bytes: Uint8Array
  readonly words: DataView
  /** The spool's: payloads that go out between its bytes, null: there are none; how many bytes they have together. */
  cuts: unknown[] | null = null
  cutSize = 0

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size)
    this.words = new DataView(this.bytes.buffer)
  }

  get size(): number {
    return this.bytes.length
  }
}

const free: SendBuffer[][] = CLASSES.map(() => [])

/** A buffer of at least `size` bytes; its content is anything. */
export function bufferTake(size: number): SendBuffer {
  for (let i = 0; i < CLASSES.length; i++) {
    if (size <= CLASSES[i]) return free[i].pop() ?? new SendBuffer(CLASSES[i])
  }
  return new SendBuffer(size)
}

/** Gives back a buffer that nobody reads any more. */
export function bufferGive(buffer: SendBuffer): void {
  const i = CLASSES.indexOf(buffer.size)
  if (i >= 0 && free[i].length < KEPT_MAX[i]) free[i].push(buffer)
}
