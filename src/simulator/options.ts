// What a simulated board can be told. Everything has a default: an ESP32 with the release firmware, empty.

import type { Datagram } from './net_module'
import type { WifiNetworks } from './wifi'
import type { Wire } from './wire'

export interface BoardOptions {
  /**
   * An image of its flash, to start from; copied. Without one it is erased, with the file in front of Storage in which
   * the broker among `files` keeps what it must not forget, where it is one that does.
   */
  flash?: Uint8Array
  /** Hears of every write to its flash, and every erase: where, and the bytes that are there then. */
  flashChanged?: (address: number, bytes: Uint8Array) => void
  /** Files put into Storage before it starts: `.bootcde`, modules, configuration. */
  files?: Record<string, string | Uint8Array>
  /** What process.env.BOARD says. */
  boardName?: string
  /** What its clock says when it is switched on: milliseconds since 1970, at which it begins by itself. */
  startMs?: number
  /** Variables of the engine in all, in use before any connection, and free when a program begins. */
  heapTotal?: number
  heapUsed?: number
  heapFree?: number
  /** Sockets of lwIP in all. */
  socketsMax?: number
  /** Modules of the firmware that this build of it lacks. */
  lacks?: string[]
  /** Wi-Fi networks in reach: name to password. */
  networks?: WifiNetworks
  /** Numbers from 0 to 1, for Math.random and E.hwRand. */
  random?: () => number
  /**
   * Milliseconds of this computer's time that a piece of code may run for before the watchdog ends it, where the board
   * has set no shorter one; Infinity: for ever, and its watchdog is kept by the board's own clock alone.
   */
  hangMs?: number
  /** Every line that the board prints. */
  log?: (line: string) => void
  /** Where connections outwards lead. */
  dial?: (host: string, port: number, isSecure: boolean) => Wire | null
  /** Hears of each datagram that it sends. */
  datagramSent?: (datagram: Datagram) => void
}

const DEFAULTS: Required<BoardOptions> = {
  flash: new Uint8Array(0),
  flashChanged: () => undefined,
  files: {},
  boardName: 'ESP32',
  startMs: 0,
  // A program that fits itself to what is free has all that it can use.
  heapTotal: 6_500,
  heapUsed: 4_000,
  heapFree: 6_000,
  socketsMax: 10,
  lacks: [],
  networks: {},
  random: Math.random,
  hangMs: Infinity,
  log: () => undefined,
  dial: () => null,
  datagramSent: () => undefined,
}

export function completeOptions (options: BoardOptions): Required<BoardOptions> {
  return { ...DEFAULTS, ...options }
}
