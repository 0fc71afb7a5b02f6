// The global `E`: the engine's own functions, as far as a broker uses them.

import type { Addresses } from './addresses'
import { crc32 } from '../flash/crc32'
import type { BoardObject } from './event_queue'
import { byteText, textOfBytes } from './latin1'
import { createMemoryWindow, windowBuffer, windowBytes } from './memory_window'
import type { Runtime } from './runtime'
import { Restart } from './stop'
import { bytesOfValue, notBytes, relaxedText } from './storage_module'
import type { TimeZone } from './time_zone'
import type { Watchdog } from './watchdog'

export interface EngineState {
  readonly addresses: Addresses
  readonly watchdog: Watchdog
  readonly zone: TimeZone
  /** What E.setFlags has set. */
  readonly flags: Record<string, unknown>
  /** What E.getErrorFlags will answer once. */
  errorFlags: string[]
}

const VARIABLE_SIZE = 14

/** Variables that a structure takes, roughly: one each, and one for every ten characters more. */
function sizeOf (value: unknown, seen = new Set<unknown>()): number {
  if (typeof value === 'string') return 1 + Math.ceil(Math.max(0, value.length - 4) / 10)
  if (typeof value === 'function') return 2 + Math.ceil(String(value).length / VARIABLE_SIZE)
  if (typeof value !== 'object' || value === null || seen.has(value)) return 1
  seen.add(value)
  if (ArrayBuffer.isView(value)) return 2 + Math.ceil(value.byteLength / VARIABLE_SIZE)
  return Object.entries(value).reduce((sum, [, field]) => sum + 1 + sizeOf(field, seen), 1)
}

/** Strings, typed arrays and numbers, one after another. */
function joinBytes (values: unknown[]): Uint8Array {
  return new Uint8Array(Buffer.concat(values.map((value) => {
    const bytes = bytesOfValue(value)
    if (!bytes) throw notBytes(value)
    return bytes
  })))
}

/** Of an array each element is a number, texts too; of what has no elements there is no sum. */
function sumOf (value: unknown): number | undefined {
  if (typeof value === 'object' && value !== null && !windowBytes(value) && 'length' in value) {
    return crc32(Uint8Array.from(value as ArrayLike<unknown>, Number))
  }
  const bytes = typeof value === 'object' || typeof value === 'string' ? bytesOfValue(value) : undefined
  return bytes && crc32(bytes)
}

export function createEngineObject (runtime: Runtime, state: EngineState): BoardObject {
  const { addresses, watchdog, zone } = state
  const bytesOf = (values: unknown[]): Uint8Array => runtime.createBytes(joinBytes(values))
  return Object.assign(runtime.createObject(), {
    getAddressOf: (value: unknown, flat?: boolean) => {
      if (!ArrayBuffer.isView(value)) return flat ? 0 : 0x3ffb_0010
      return addresses.of(value)
    },
    memoryArea: (address: number, size: number) => {
      if (!address || size < 0) return undefined
      const found = addresses.find(address, size)
      if (!found) throw new Error(`nothing of ${size} bytes is known at address ${address}`)
      return createMemoryWindow(found.buffer, found.offset, size)
    },
    toString: (...values: unknown[]) => textOfBytes(joinBytes(values)),
    toUint8Array: (...values: unknown[]) => bytesOf(values),
    // Of a text alone.
    toArrayBuffer: (value: unknown) => {
      const shown = windowBuffer(value)
      if (shown) return shown
      return typeof value === 'string' || windowBytes(value) ? bytesOf([value]).buffer : undefined
    },
    toFlatString: (value: unknown) => byteText(String(value)),
    toJS: (value: unknown) => relaxedText(value),
    // An ESP32's strings are bytes.
    isUTF8: () => false,
    fromUTF8: () => false,
    asUTF8: () => { throw new Error('Unicode not supported on this build') },
    CRC32: sumOf,
    sum: (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0),
    clip: (value: number, low: number, high: number) => Math.max(low, Math.min(value, high)),
    hwRand: () => Math.floor(runtime.random() * 0x1_0000_0000) | 0,
    srand: () => undefined,
    getSizeOf: (value: unknown) => sizeOf(value),
    getFlags: () => ({ ...state.flags }),
    setFlags: (flags: Record<string, unknown>) => { Object.assign(state.flags, flags) },
    getErrorFlags: () => state.errorFlags.splice(0),
    enableWatchdog: (seconds: number, automatic = true) => watchdog.enable(seconds, automatic),
    kickWatchdog: () => watchdog.kick(),
    reboot: () => { throw new Restart('reboot') },
    defrag: () => undefined,
    getTemperature: () => 25,
    getBattery: () => 100,
    setTimeZone: (hours: number) => zone.set(hours),
    setDST: (...numbers: number[]) => zone.setSummer(numbers),
    setConsole: () => undefined,
    getConsole: () => 'Serial1',
    setPassword: () => undefined,
  })
}
