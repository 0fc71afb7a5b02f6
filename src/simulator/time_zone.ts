// The time zone of a simulated board's dates: E.setTimeZone and E.setDST, as the engine computes it (2v29:
// src/jswrap_date.c, src/jswrap_espruino.c).

import { posixZone } from '../flash/posix_zone'

const DAY_MINUTES = 1_440
const MINUTE_MS = 60_000

const dayNumber = (year: number, month: number, date: number): number => Date.UTC(year, month, date) / 86_400_000

export class TimeZone {
  private minutes = 0
  private summer: number[] | null = null

  set (hours: number): void {
    this.summer = null
    this.minutes = Math.trunc(hours * 60)
  }

  setSummer (numbers: number[]): void {
    if (numbers.length !== 12) throw new Error('Unexpected arguments')
    this.minutes = 0
    this.summer = numbers
  }

  /** Minutes east of Greenwich at a time, which is one of the zone's own where `isLocal`. */
  minutesAt (ms: number, isLocal: boolean): number {
    if (!this.summer?.[0]) return this.minutes
    const [more, standard] = this.summer
    return this.isSummer(ms, isLocal) ? standard + more : standard
  }

  isSummer (ms: number, isLocal: boolean): boolean {
    if (!this.summer?.[0]) return false
    const [more, standard] = this.summer
    const year = new Date(ms).getUTCFullYear()
    const minute = ms / MINUTE_MS
    const begins = changeMinute(year, this.summer.slice(2, 7)) - (isLocal ? 0 : standard)
    const ends = changeMinute(year, this.summer.slice(7)) - (isLocal ? 0 : standard + more)
    return begins < ends ? minute >= begins && minute < ends : minute < ends || minute >= begins
  }

  /** Milliseconds since 1970 of a local time, which is given as if it were UTC. */
  utcOf (localMs: number): number {
    return localMs - this.minutesAt(localMs, true) * MINUTE_MS
  }
}

/** The zone of a rule of POSIX; of none, UTC. */
export function zoneOf (rule?: string): TimeZone {
  const zone = new TimeZone()
  const numbers = rule === undefined ? [0] : posixZone(rule)!
  if (numbers.length > 1) zone.setSummer(numbers)
  else zone.set(numbers[0] / 60)
  return zone
}

/** When a clock change of a year is, minutes since 1970 by the clock that it ends. */
function changeMinute (year: number, [week, weekday, month, offset, minute]: number[]): number {
  const isLast = week === 4
  const first = dayNumber(year, isLast ? month + 1 : month, 1)
  const next = (14 - (first + 4) % 7 + weekday) % 7
  return (first + next + (isLast ? -7 : 7 * week) + offset) * DAY_MINUTES + minute
}
