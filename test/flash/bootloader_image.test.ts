// The size of flash in a bootloader's header, and the hash behind the image.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bootloaderFor4MB } from '../../src/flash/bootloader_image'

const DATA_SIZE = 45
/** The header, a segment of DATA_SIZE bytes, padding to a block of 16. */
const IMAGE_SIZE = 80

/** An image of one segment; `sizeBits` is its flash's size: 2 for 4 MB, 3 for 8 MB, 4 for 16 MB. */
function image (sizeBits: number, hasHash: boolean): Uint8Array {
  const bytes = new Uint8Array(IMAGE_SIZE + (hasHash ? 32 : 0) + 7).fill(0xff)
  bytes.set([0xe9, 1, 2, sizeBits << 4 | 0x0f])
  bytes[23] = hasHash ? 1 : 0
  new DataView(bytes.buffer).setUint32(28, DATA_SIZE, true)
  bytes[IMAGE_SIZE - 1] = 0x5a
  if (hasHash) bytes.set(createHash('sha256').update(bytes.subarray(0, IMAGE_SIZE)).digest(), IMAGE_SIZE)
  return bytes
}

describe('a bootloader', () => {
  it.each([3, 4])('that asks for more than 4 MB (%i) is content with 4, and its hash is right', (sizeBits) => {
    expect(bootloaderFor4MB(image(sizeBits, true))).toEqual(image(2, true))
  })

  it('without a hash is changed in its header alone', () => {
    expect(bootloaderFor4MB(image(3, false))).toEqual(image(2, false))
  })

  it.each([0, 1, 2])('that asks for no more (%i) stays as it is', (sizeBits) => {
    expect(bootloaderFor4MB(image(sizeBits, true))).toEqual(image(sizeBits, true))
  })

  it('that was cut off is not written beyond its end', () => {
    const cut = image(3, true).slice(0, 60)
    expect(bootloaderFor4MB(cut).length).toBe(60)
  })
})
