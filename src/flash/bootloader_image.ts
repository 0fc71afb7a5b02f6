// Images of the bootloader and the firmware: whether they are whole, and how much flash they ask for.
//
// The bootloader's header says how large the flash is, and a board with less does not start: the release for the
// ESP32-S3 says 8 MB. The image ends in its SHA-256, which has to follow what is changed.
//
// Image: 24 bytes of header, then segments of 8 bytes (address, length) and data; padding whose last byte, at the end
// of a block of 16, is a checksum of the data; the SHA-256 of all before. Source: ESP-IDF, esp_app_format.h.

import { sha256 } from '@noble/hashes/sha2.js'

const HEADER_SIZE = 24
const SEGMENTS = 1
/** The upper four bits are the size of the flash: 0 for 1 MB, and one more for twice as much. */
const SIZE_AND_SPEED = 3
const SIZE_4_MB = 2
const HAS_HASH = 23
const SEGMENT_HEADER_SIZE = 8
const BLOCK_SIZE = 16
const HASH_SIZE = 32
const SEGMENTS_MAX = 16
/** What the checksum of no data is. */
const CHECKSUM_START = 0xef

/** Where the data of each segment starts and ends, as far as the headers go. */
function segmentsOf (image: Uint8Array): { start: number, end: number }[] {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength)
  const segments = []
  let at = HEADER_SIZE
  while (segments.length < image[SEGMENTS] && at + SEGMENT_HEADER_SIZE <= image.length) {
    const start = at + SEGMENT_HEADER_SIZE
    at = start + view.getUint32(at + 4, true)
    segments.push({ start, end: at })
  }
  return segments
}

/** Where the image ends and its hash begins. */
function imageEnd (image: Uint8Array): number {
  const at = segmentsOf(image).at(-1)?.end ?? HEADER_SIZE
  return at - at % BLOCK_SIZE + BLOCK_SIZE
}

/** Whether the bytes of all segments add up to the checksum behind them. */
function isChecked (image: Uint8Array, end: number): boolean {
  let checksum = CHECKSUM_START
  for (const segment of segmentsOf(image)) {
    for (let byte = segment.start; byte < segment.end; byte++) checksum ^= image[byte]
  }
  return image[end - 1] === checksum
}

/** Whether an image is as it was made, from its header to its hash: a board does not start another one. */
export function imageIsWhole (image: Uint8Array): boolean {
  if (image.length < HEADER_SIZE || image[SEGMENTS] === 0 || image[SEGMENTS] > SEGMENTS_MAX) return false
  const end = imageEnd(image)
  if (segmentsOf(image).length < image[SEGMENTS] || end > image.length || !isChecked(image, end)) return false
  if (image[HAS_HASH] !== 1) return true
  const hash = sha256(image.subarray(0, end))
  return end + HASH_SIZE <= image.length && hash.every((byte, index) => byte === image[end + index])
}

/** The same bootloader for every flash of 4 MB or more. */
export function bootloaderFor4MB (image: Uint8Array): Uint8Array {
  if (image[SIZE_AND_SPEED] >> 4 <= SIZE_4_MB) return image
  const changed = image.slice()
  changed[SIZE_AND_SPEED] = SIZE_4_MB << 4 | image[SIZE_AND_SPEED] & 0x0f
  const end = imageEnd(image)
  if (image[HAS_HASH] === 1 && end + HASH_SIZE <= image.length) changed.set(sha256(changed.subarray(0, end)), end)
  return changed
}
