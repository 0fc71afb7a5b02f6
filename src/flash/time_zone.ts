// From a name of the IANA time zone database, as `Europe/Berlin`, to a rule that a board can follow by itself: POSIX's,
// see posix_zone.ts. It is read off the clock changes of the years to come, as this computer knows them. When a law
// changes them the board goes on with the old rule until a newer Node or browser sends its midge.json to it again.

import { posixZone } from './posix_zone'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Years that are looked at: after so many the days of the week are those of the same dates again. */
const YEARS = 28
/** Days by which a change may be told from a day that stands still: the Friday before a month's last Sunday. */
const SHIFTS = [0, -1, 1, 2, 3, 4, 5, 6]

/** A clock change: when, by the clock that it ends, as if that were UTC; and minutes east of Greenwich after it. */
interface Change { wallMs: number, offset: number }

/** Minutes east of Greenwich at a minute. Throws RangeError where there is no such zone. */
function offsetsOf (name: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name, hourCycle: 'h23',
    year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
  })
  return ms => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
    const wallMs = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute)
    return Math.round((wallMs - ms) / MINUTE_MS)
  }
}

function changesFrom (offsetAt: (ms: number) => number, fromMs: number): Change[] {
  const changes: Change[] = []
  let before = offsetAt(fromMs)
  for (let ms = fromMs; ms < fromMs + YEARS * 366 * DAY_MS; ms += DAY_MS) {
    const offset = offsetAt(ms + DAY_MS)
    if (offset === before) continue
    let [low, high] = [ms, ms + DAY_MS]
    while (high - low > MINUTE_MS) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS
      if (offsetAt(middle) === before) low = middle
      else high = middle
    }
    changes.push({ wallMs: high + before * MINUTE_MS, offset })
    before = offset
  }
  return changes
}

/** Of the years of these changes, all on such and such a day: `M3.5.0/3`; '' where they are not. */
function dayRule (changes: Change[]): string {
  for (const shift of SHIFTS) {
    const days = changes.map(({ wallMs }) => new Date(Math.floor(wallMs / DAY_MS - shift) * DAY_MS))
    const minutes = changes.map(({ wallMs }) => Math.floor(wallMs % DAY_MS / MINUTE_MS) + shift * 24 * 60)
    const isLast = days.every(day => new Date(day.getTime() + 7 * DAY_MS).getUTCDate() < 8)
    const weeks = days.map(day => isLast ? 5 : Math.ceil(day.getUTCDate() / 7))
    const [[day], [week], [minute]] = [days, weeks, minutes]
    const isSame = days.every((other, index) => other.getUTCMonth() === day.getUTCMonth()
      && other.getUTCDay() === day.getUTCDay() && weeks[index] === week && minutes[index] === minute)
    if (isSame && week <= 5) {
      return `M${day.getUTCMonth() + 1}.${week}.${day.getUTCDay()}${minute === 120 ? '' : `/${timeText(minute)}`}`
    }
  }
  return ''
}

function timeText (minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : ''}${Math.floor(size / 60)}${size % 60 ? `:${String(size % 60).padStart(2, '0')}` : ''}`
}

function nameText (offset: number): string {
  const [hours, minutes = ''] = timeText(Math.abs(offset)).split(':')
  return `<${offset < 0 ? '-' : '+'}${hours.padStart(2, '0')}${minutes}>`
}

/** A zone that is the same all year. */
const standardText = (offset: number): string => nameText(offset) + timeText(-offset)

/**
 * The rule of a zone, by its name, from a time on; a rule of POSIX stays what it is. Throws a sentence where there is
 * no such zone, or its clocks change by no rule.
 */
export function zoneRule (zone: string, atMs = Date.now()): string {
  const nowMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS
  let offsetAt
  try {
    offsetAt = offsetsOf(zone)
  } catch {
    if (posixZone(zone)) return zone
    throw new Error('must be the name of a time zone, as Europe/Berlin, or a rule of POSIX, as '
      + 'CET-1CEST,M3.5.0,M10.5.0/3')
  }
  const changes = changesFrom(offsetAt, nowMs)
  if (changes.length === 0) return standardText(offsetAt(nowMs))
  const offsets = [...new Set(changes.map(({ offset }) => offset))].sort((a, b) => a - b)
  const [standard, summer] = offsets
  const begins = dayRule(changes.filter(({ offset }) => offset === summer))
  const ends = dayRule(changes.filter(({ offset }) => offset === standard))
  if (offsets.length !== 2 || !begins || !ends || changes.length < 2 * (YEARS - 1)) {
    throw new Error(`is a zone whose clocks change by no rule that holds for years: write what holds now, as ${
      standardText(offsetAt(nowMs))}`)
  }
  return `${standardText(standard)}${nameText(summer)}${summer === standard + 60 ? '' : timeText(-summer)},${begins},${
    ends}`
}
