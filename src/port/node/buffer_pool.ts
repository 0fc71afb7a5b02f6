// Buffers for what is being sent, by size: taken for a turn, given back when the network has their bytes.

/** Sizes in bytes; larger ones are made and dropped. */
const CLASSES = [1_024, 16_384, 131_072]
/** Buffers that are kept for later, by class: at most 1, 8 and 16 MB. */
const KEPT_MAX = [1_024, 512, 128]

const free: Uint8Array[][] = CLASSES.map(() => [])

/** A buffer of at least `size` bytes; its content is anything. */
export function bufferTake(size: number): Uint8Array {
  for (let i = 0; i < CLASSES.length; i++) {
    if (size <= CLASSES[i]) return free[i].pop() ?? Buffer.allocUnsafeSlow(CLASSES[i])
  }
  return Buffer.allocUnsafeSlow(size)
}

/** Gives back a buffer that nobody reads any more. */
export function bufferGive(buffer: Uint8Array): void {
  const i = CLASSES.indexOf(buffer.length)
  if (i >= 0 && free[i].length < KEPT_MAX[i]) free[i].push(buffer)
}
