// Times as midge.json and hub.js write them: `07:00`, `sunset-30`, each with days of the week in front, as
// `mon-fri 07:00`, or the five fields of cron. What is to happen at a time of the day is kept in cron's words too. In
// the language that a board runs: the extension m.time has it as well.

/** Days of the week, as cron counts them; 7 is 0 again. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
/** Of minute, hour, day of the month, month, day of the week. */
const LOWEST = [0, 0, 1, 1, 0]
const HIGHEST = [59, 23, 31, 12, 7]

/** A time of every day: minutes since midnight; or `side` says which event of the sun, and how many minutes later. */
export interface TimeOfDay { minutes: number, side: number }

const wrong = (text: string): Error => new Error(`no time: '${text}'`)

/** `07:00`, `sunrise`, `sunset-30`. Throws a sentence. */
export function timeOfDay (text: string): TimeOfDay {
  const side = text.startsWith('sunrise') ? -1 : text.startsWith('sunset') ? 1 : 0
  if (!side) {
    const parts = text.split(':')
    const hour = number(parts[0], text)
    const minute = number(parts[1], text)
    if (parts.length > 2 || parts[1].length !== 2 || hour > 23 || minute > 59) throw wrong(text)
    return { minutes: hour * 60 + minute, side }
  }
  const offset = text.substr(side < 0 ? 7 : 6)
  const minutes = offset ? number(offset.substr(1), text) : 0
  if (offset && offset[0] !== '+' && offset[0] !== '-' || minutes > 720) throw wrong(text)
  return { minutes: offset[0] === '-' ? -minutes : minutes, side }
}

/** Digits, and nothing else. */
function number (digits: string | undefined, text: string): number {
  if (!digits || digits.length > 3 || /[^0-9]/.test(digits)) throw wrong(text)
  return parseInt(digits, 10)
}

const dayNumber = (name: string): string => {
  const day = DAYS.indexOf(name)
  return day < 0 ? name : '' + day
}

/** One field of cron: of each entry of its list the first, the last, and the step. Throws a sentence. */
function entriesOf (field: string, index: number): number[][] {
  return field.split(',').map(entry => {
    const parts = entry.split('/')
    const ends = parts[0].split('-').map(end => index < 3 ? end : dayNumber(end))
    const step = parts.length > 1 ? number(parts[1], entry) : 1
    const isAll = ends[0] === '*' && ends.length < 2
    const first = isAll ? LOWEST[index] : number(ends[0], entry)
    const last = isAll ? HIGHEST[index] : ends.length > 1 ? number(ends[1], entry) : first
    if (parts.length > 2 || ends.length > 2 || !step || first < LOWEST[index] || first > HIGHEST[index]
      || last < LOWEST[index] || last > HIGHEST[index] || index < 4 && first > last) throw wrong(entry)
    return [first, last, step]
  })
}

function fieldMatches (field: string, index: number, value: number): boolean {
  return entriesOf(field, index).some(entry => {
    const first = entry[0]
    const last = entry[1]
    // As fri-mon.
    const isAround = first > last
    const isWithin = isAround ? value >= first || value <= last : value >= first && value <= last
    return isWithin && (value < first ? value + 7 - first : value - first) % entry[2] === 0
  })
}

/** Whether a day of the week, 0 is Sunday, is one of a field. */
export const dayMatches = (field: string, day: number): boolean =>
  fieldMatches(field, 4, day) || !day && fieldMatches(field, 4, 7)

/** Whether cron's five fields match a minute, minutes since 1970 by the clock on the wall. */
export function cronMatches (fields: string[], minute: number): boolean {
  if (!fieldMatches(fields[0], 0, minute % 60)) return false
  // The clock on the wall, as if it were UTC.
  const wall = new Date(minute * 60_000)
  if (!fieldMatches(fields[1], 1, wall.getUTCHours())) return false
  if (!fieldMatches(fields[3], 3, wall.getUTCMonth() + 1)) return false
  const isDate = fieldMatches(fields[2], 2, wall.getUTCDate())
  const isDay = dayMatches(fields[4], wall.getUTCDay())
  // Where both are limited, as the 13th and fridays, either will do: so cron has it.
  return fields[2][0] === '*' || fields[4][0] === '*' ? isDate && isDay : isDate || isDay
}

/** What was asked for: cron's fields, or an event of the sun on days of such a field. */
export interface When { cron?: string[], sun?: TimeOfDay, days: string }

/** Reads what is asked for. Throws a sentence. */
export function whenOf (text: string): When {
  const words = typeof text === 'string' ? text.split(' ') : []
  if (words.length === 5) {
    words.forEach(entriesOf)
    return { cron: words, days: '' }
  }
  if (!words.length || words.length > 2) throw wrong(text)
  const days = words.length > 1 ? words[0] : '*'
  entriesOf(days, 4)
  const time = timeOfDay(words[words.length - 1])
  if (time.side) return { sun: time, days }
  return { cron: ['' + time.minutes % 60, '' + (time.minutes / 60 | 0), '*', '*', days], days }
}
