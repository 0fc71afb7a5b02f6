// The nvs partition as a board's first start should find it: Bluetooth off, which leaves the engine some 1,800 more
// variables. The format is ESP-IDF's, version 2. Wi-Fi is never set here: the firmware panics over `wifiStatus` 0.

import { crc32 } from './crc32'

const ENTRIES_START = 64
const ENTRY_SIZE = 32
const TYPE_U8 = 0x01
const TYPE_U32 = 0x04
const NAMESPACE = 'nvs'
const NAMESPACE_INDEX = 1

/** ESP-IDF starts its CRC where zip's has arrived after no bytes, inverted. */
const nvsCrc = (bytes: Uint8Array): number => crc32(bytes, 0xffff_ffff)

function entry (namespaceIndex: number, type: number, key: string, data: number[]): Uint8Array {
  const bytes = new Uint8Array(ENTRY_SIZE).fill(0xff)
  bytes.set([namespaceIndex, type, 1, 0xff])
  bytes.fill(0, 8, 24)
  for (let i = 0; i < key.length; i++) bytes[8 + i] = key.charCodeAt(i)
  bytes.set(data, 24)
  const sealed = new Uint8Array([...bytes.subarray(0, 4), ...bytes.subarray(8)])
  new DataView(bytes.buffer).setUint32(4, nvsCrc(sealed), true)
  return bytes
}

/** A partition of `size` bytes, whole pages of 4,096, with Bluetooth off. */
export function nvsImage (size: number): Uint8Array {
  const image = new Uint8Array(size).fill(0xff)
  const view = new DataView(image.buffer)
  // Page state "active", sequence number 0, version 2.
  view.setUint32(0, 0xffff_fffe, true)
  view.setUint32(4, 0, true)
  image[8] = 0xfe
  view.setUint32(28, nvsCrc(image.subarray(4, 28)), true)
  const entries = [
    entry(0, TYPE_U8, NAMESPACE, [NAMESPACE_INDEX]),
    entry(NAMESPACE_INDEX, TYPE_U32, 'bleStatus', [0, 0, 0, 0]),
  ]
  entries.forEach((bytes, index) => {
    image.set(bytes, ENTRIES_START + index * ENTRY_SIZE)
    // Two bits of the bitmap for each entry: 10 is "written".
    image[32 + (index >> 2)] &= ~(1 << (2 * (index & 3)))
  })
  return image
}
