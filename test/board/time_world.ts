// The extension m.time alone in the simulated engine: days of virtual time would be long with a broker's ticks. What
// code behind it says with `say`, and what it prints of times.
import { bytesOfText } from '../../src/simulator/latin1'
import { timeAnswer } from '../../src/simulator/time_server'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { zoneRule } from '../../src/flash/time_zone'
import { distExtensions } from '../support/extensions'

/** What the answer of a time server becomes on its way; null: it is lost. */
export type Lie = (answer: Uint8Array) => Uint8Array | string | null

export interface TimeBoard {
  driver: VirtualDriver
  /** What was printed by hub.js with `say`, and about times, since it was asked last. */
  said(): string[]
  /** Questions to the time server so far. */
  asked(): number
  /** What its server says from now on; null: nothing. */
  lie: Lie | null
  /** By how much the server's clock is ahead of what the board's should be, milliseconds. */
  aheadMs: number
}

/** In the broker's place: src/port/espruino/extensions.ts runs an extension so. */
export const STAGE = `global.midge = {}
function say (text) { print("SAYS " + text) }
new Function("host", require("Storage").read("m.time"))({
  configuration: JSON.parse(require("Storage").read("midge.json")),
  report: function (problem) { print("error: " + problem) } })
`

const spoken = (lines: string[]): string[] => lines.filter(line => /^(SAYS|time|midge\.json)|error/.test(line))
  .map(line => line.replace(/^SAYS /, ''))

/**
 * Starts a board in a zone at a moment: its clock is right and nobody answers, or with `isSet` false it is not set, and
 * the server answers at once.
 */
export async function timeBoard (
  hub: string, settings: { time: { zone?: string, [key: string]: unknown } }, startIso: string, isSet = true,
  lie: Lie | null = isSet ? null : answer => answer,
): Promise<TimeBoard> {
  const { time } = settings
  const told = { ...settings, time: { ...time, ...time.zone ? { zone: zoneRule(time.zone) } : {} } }
  const files = {
    '.bootcde': STAGE + hub, 'midge.json': JSON.stringify(told), ...await distExtensions(settings),
  }
  const startMs = Date.parse(startIso)
  let read = 0
  const board: TimeBoard = {
    lie, aheadMs: 0,
    driver: new VirtualDriver({ files, startMs: isSet ? startMs : 0, datagramSent: datagram => {
      const { data, from, host, port } = datagram
      if (!board.lie) return
      const { clock, datagrams } = board.driver.board
      const answer = board.lie(bytesOfText(timeAnswer(data, startMs + clock.nowMs() + board.aheadMs)))
      const text = answer && (typeof answer === 'string' ? answer : Buffer.from(answer).toString('latin1'))
      if (text !== null) datagrams.deliver(from, text, { address: host, port })
    } }),
    said: () => {
      const { output } = board.driver.board
      // Of a board whose clock is right from the start it goes without saying.
      const lines = spoken(output.slice(read)).filter(line => !isSet || !line.startsWith('time: no answer'))
      read = output.length
      return lines
    },
    asked: () => board.driver.board.datagrams.sent.length,
  }
  board.driver.start()
  return board
}

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
