// E.memoryArea: a string that is a window on memory. What is cut out of it with `substr` on the board is a window
// too; here it is a copy taken at that moment, which is the same for code that uses it at once.

import type { BoardObject } from './event_queue'
import { engineIndex } from './latin1'

/** What windows show. */
const windows = new WeakMap<object, Uint8Array>()

type Text = (start: number, end: number) => string

/** The buffers that windows show whole. */
const buffers = new WeakMap<BoardObject, ArrayBuffer>()

/** What a window shows, as E.toArrayBuffer answers it: the same bytes, not a copy; undefined: it is no window. */
export const windowBuffer = (value: unknown): ArrayBuffer | undefined => buffers.get(value as BoardObject)

/** The bytes that a window shows; undefined: it is none. */
export const windowBytes = (value: unknown): Uint8Array | undefined => windows.get(value as object)

/** Keys of an element that there cannot be. */
const NO_KEY = /^(?:-.*|\d*\.\d+|NaN|Infinity|undefined|null|true|false)$/

/** An object that does what the window's string does: methods, `length` and characters by index. */
export function createMemoryWindow (buffer: ArrayBuffer, offset: number, size: number): BoardObject {
  const bytes = Buffer.from(buffer, offset, size)
  const text: Text = (start, end) => bytes.toString('latin1', start, end)
  const methods = windowMethods(text, bytes)
  const window = new Proxy({}, {
    get: (_, key) => {
      if (key === 'length') return size
      if (key === Symbol.toPrimitive || key === 'toString' || key === 'valueOf') return () => text(0, size)
      if (typeof key !== 'string' || key in methods) return methods[key as string]
      if (NO_KEY.test(key)) throw new Error(`Field or method "${key}" does not already exist`)
      return Number(key) < size ? text(Number(key), Number(key) + 1) : undefined
    },
    set: () => { throw new TypeError('a string cannot be assigned to') },
  })
  windows.set(window, bytes)
  if (size === buffer.byteLength) buffers.set(window, buffer)
  return window
}

const clamp = (value: number, size: number): number => Math.max(0, Math.min(Math.trunc(value) || 0, size))

function windowMethods (text: Text, bytes: Buffer): Record<string, unknown> {
  const size = bytes.length
  return {
    substr: (start: number, count = size) => {
      const from = clamp(start < 0 ? size + start : start, size)
      return text(from, clamp(from + count, size))
    },
    substring: (start: number, end = size) => text(clamp(start, size), clamp(end, size)),
    slice: (start: number, end = size) => text(0, size).slice(start, end),
    charAt: (index: number) => text(index, index + 1),
    charCodeAt: (index: number) => bytes[Math.trunc(index) || 0] ?? NaN,
    indexOf: (needle: string, from = 0) =>
      engineIndex(bytes.indexOf(needle, clamp(from, size), 'latin1'), size, needle, at => text(at, size)),
    lastIndexOf: (needle: string, from?: number) =>
      bytes.lastIndexOf(needle, from === undefined ? undefined : clamp(from, size), 'latin1'),
    startsWith: (needle: string, at = 0) => text(at, at + needle.length) === needle,
    endsWith: (needle: string) => text(size - needle.length, size) === needle,
    includes: (needle: string) => bytes.includes(needle, 0, 'latin1'),
    split: (separator: string) => text(0, size).split(separator),
  }
}
