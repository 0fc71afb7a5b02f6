// require('Storage') over the image in flash.

import type { BoardObject } from './event_queue'
import { bytesOfText, byteText, textOfBytes } from './latin1'
import { RECORDS_FILE } from '../flash/records_file'
import { strictJson } from './engine_json'
import { createMemoryWindow, windowBytes } from './memory_window'
import type { Runtime } from './runtime'
import type { StorageImage } from './storage_image'

/** Bytes of what a program gives to be written: a string, or anything with numbers in it, each of which gives one. */
export function bytesOfValue (value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return bytesOfText(value)
  if (ArrayBuffer.isView(value)) return Uint8Array.from(value as Uint8Array)
  const shown = windowBytes(value)
  if (shown) return shown
  if (Object.prototype.toString.call(value) === '[object ArrayBuffer]') return new Uint8Array(value as ArrayBuffer)
  if (typeof value === 'number' || typeof value === 'boolean') return new Uint8Array([Number(value)])
  if (Array.isArray(value)) return new Uint8Array(Array.from(value).flatMap(item => [...bytesOfValue(item) ?? []]))
  return undefined
}

/** The same of what goes to flash, where the engine writes a part of an array whose elements are more than a byte. */
export function bytesToWrite (value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value) && value.byteLength > (value as Uint8Array).length) throw notBytes(value)
  return bytesOfValue(value)
}

export const notBytes = (value: unknown): Error => new TypeError(`Expecting Number or iterable, got ${String(value)}`)

/** Writes a file, as the firmware does; the errors are its own. */
export function storageWrite (image: StorageImage, name: string, data: Uint8Array, offset = 0, sizeAsked = 0): boolean {
  const size = sizeAsked || data.length
  if (size === 0) throw new Error("Can't create zero length file")
  let record = image.find(name)
  const erased = record !== undefined && image.data(record).every(byte => byte === 0xff)
  if (offset === 0 && (!record || record.size !== size || !erased)) {
    if (record && record.size === size && data.length === size && equal(image.data(record), data)) return true
    if (record) image.remove(record)
    record = image.append(name, size)
  }
  if (!record) throw new Error('Unable to find or create file')
  if (offset + data.length > record.size) throw new Error('Too much data for file size')
  if (!image.fill(record, offset, data)) throw new Error('File already written with different data')
  return true
}

function equal (a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

function readFile (image: StorageImage, name: string): Uint8Array | undefined {
  const record = image.find(String(name))
  return record && image.data(record)
}

/** The one file that changes while a program has it: as on a board, where every file is a window on flash. */
function readRecords (image: StorageImage, offset: number, length = Infinity): unknown {
  const record = image.find(RECORDS_FILE)
  if (!record) return undefined
  const bytes = image.mirror(record, offset, length)
  return createMemoryWindow(bytes.buffer as ArrayBuffer, 0, bytes.length)
}

export function createStorageModule (runtime: Runtime, image: StorageImage): BoardObject {
  const read = (name: string, at = 0, size = 0): string | undefined => {
    const offset = Math.max(0, Math.trunc(at) || 0)
    // None, or what is no size, is all that there is.
    const length = size > 0 ? Math.trunc(size) : Infinity
    if (name === RECORDS_FILE) return readRecords(image, offset, length) as string | undefined
    const data = readFile(image, name)
    return data && textOfBytes(data.subarray(offset, offset + length))
  }
  const write = (name: string, data: unknown, offset = 0, size = 0): boolean => {
    const bytes = bytesToWrite(data)
    if (bytes) return storageWrite(image, String(name), bytes, offset, size)
    if (typeof data !== 'object' || data === null) throw notBytes(data)
    return storageWrite(image, String(name), bytesOfText(byteText(JSON.stringify(data))))
  }
  return Object.assign(runtime.createObject(), {
    read,
    write,
    readJSON: (name: string, noExceptions?: boolean) => {
      const text = read(name)
      if (text === undefined) return undefined
      try {
        const strict = strictJson(text, true)
        return strict && JSON.parse(strict) as unknown
      } catch (error) {
        if (noExceptions) return undefined
        throw error
      }
    },
    // Relaxed JSON, which a computer's JSON.parse refuses.
    writeJSON: (name: string, data: unknown) => write(name, relaxedText(data)),
    readArrayBuffer: (name: string) => {
      const data = readFile(image, name)
      return data && runtime.createBytes(data).buffer
    },
    erase: (name: string) => {
      const record = image.find(String(name))
      if (record) image.remove(record)
    },
    eraseAll: () => image.eraseAll(),
    list: (filter?: RegExp) => {
      const names = image.records().filter(({ deleted }) => !deleted).map(({ name }) => name)
      return filter ? names.filter(name => filter.test(name)) : names
    },
    getFree: () => image.freeBytes,
    getStats: () => ({
      freeBytes: image.freeBytes,
      trashBytes: image.trashBytes,
      fileCount: image.records().filter(({ deleted }) => !deleted).length,
    }),
    compact: () => image.compact(),
    optimise: () => image.compact(),
  })
}

/** A value in the engine's relaxed JSON: keys that are names go without quotes. */
export function relaxedText (value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(relaxedText).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const fields = Object.entries(value).map(([key, field]) =>
    `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}:${relaxedText(field)}`)
  return `{${fields.join(',')}}`
}
