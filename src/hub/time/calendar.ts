// What is to happen at a time, looked at once a minute, and what there is between two times of the day.
//
// A time of the day comes once a day, whatever the clock does: where it leaps ahead, as when summer time begins, what
// it has passed comes at once; where it goes back, what has come already does not come again. So has Vixie's cron it,
// for times in which neither minute nor hour begins with a star; what has one there comes by the minutes that pass. A
// leap of more than a day is another time altogether: nothing of what lies between is made up for.
import { type TimeOfDay, type When, cronMatches, dayMatches, timeOfDay, whenOf } from '../../flash/when'
import { hasPlace, sunMinute, sunNext, sunStays } from './sun'

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
/** A clock that goes back by so many minutes was set right: minutes with a star wait. */
const BACK_MAX = 2
/** Times that may be asked for. */
const ENTRIES_MAX = 32

/** No clock is older than this program: 1 January 2026. Seconds. */
export const TIME_MIN = 1_767_225_600

interface Entry extends When {
  /** Its minutes go by the clock on the wall, each once a day. */
  isDaily: boolean
  /** The next event of the sun, minutes since 1970; 0: not in the next two days. */
  next: number
  call: () => void
}

let entries: Entry[] = []
/** The last minutes that were looked at, since 1970: UTC, and the latest by the clock on the wall. */
let seen = 0
let seenWall = 0
let timer: NodeJS.Timeout | undefined

/** Whether the clock has been set: by a server, or before the program started anew. */
export const hasTime = (): boolean => getTime() > TIME_MIN

/** Minutes by which the clock on the wall is ahead of UTC. */
const aheadAt = (minute: number): number => -new Date(minute * MINUTE_MS).getTimezoneOffset()

function run (entry: Entry): void {
  try {
    entry.call()
  } catch (problem) {
    report(problem)
  }
}

function runCron (isDaily: boolean, wall: number): void {
  for (const entry of entries) {
    // In the bundle true is 1.
    if (entry.cron && !entry.isDaily === !isDaily && cronMatches(entry.cron, wall)) run(entry)
  }
}

function runSun (now: number): void {
  for (const entry of entries) {
    if (!entry.sun) continue
    const due = entry.next
    if (due > now) continue
    entry.next = sunNext(now, entry.sun.side, entry.sun.minutes)
    if (due && dayMatches(entry.days, new Date((due + aheadAt(due)) * MINUTE_MS).getUTCDay())) run(entry)
  }
}

/** From now on: what was before is over. */
function begin (now: number, wall: number): void {
  seen = now
  seenWall = wall
  for (const entry of entries) if (entry.sun) entry.next = sunNext(now, entry.sun.side, entry.sun.minutes)
}

/** Does what has become due. */
function look (): void {
  const now = Math.floor(getTime() / 60)
  const wall = now + aheadAt(now)
  if (Math.abs(wall - seenWall) > DAY_MINUTES) begin(now, wall)
  while (seenWall < wall) runCron(true, ++seenWall)
  runSun(now)
  if (now > seen || now < seen - BACK_MAX) {
    seen = now
    runCron(false, wall)
  }
}

/** Looks, now and at each minute; call it whenever the clock was set. */
export function calendarTick (): void {
  if (timer) clearTimeout(timer)
  timer = undefined
  if (!hasTime()) return
  look()
  timer = setTimeout(calendarTick, MINUTE_MS - getTime() * 1_000 % MINUTE_MS)
}

function placeAsk (side: number): void {
  if (side && !hasPlace()) throw new Error('the sun needs "latitude" and "longitude" in "time" of midge.json')
}

/**
 * midge.at: calls back at a time, as src/flash/when.ts reads it; answers a function that ends that. Throws a sentence.
 */
export function at (text: string, call: () => void): () => void {
  if (typeof call !== 'function') throw new Error('midge.at: no function to call')
  if (entries.length >= ENTRIES_MAX) throw new Error(`midge.at: more than ${ENTRIES_MAX} times`)
  const entry = whenOf(text) as Entry
  if (entry.sun) placeAsk(1)
  entry.call = call
  if (entry.cron) entry.isDaily = entry.cron[0][0] !== '*' && entry.cron[1][0] !== '*'
  if (entry.sun && seen) entry.next = sunNext(seen, entry.sun.side, entry.sun.minutes)
  entries = entries.concat([entry])
  return () => { entries = entries.filter(other => other !== entry) }
}

/** A time of today by the clock on the wall, minutes since midnight. */
function minutesToday (time: TimeOfDay, wall: number): number {
  if (!time.side) return time.minutes
  const minute = Math.round(sunMinute(Math.floor(wall / DAY_MINUTES), time.side)) + time.minutes
  return (minute + aheadAt(minute)) % DAY_MINUTES
}

/**
 * midge.between: whether it is between two times of the day, as `22:00` and `sunrise`, the first one included;
 * undefined where the board does not know the time. Throws a sentence.
 */
export function between (from: string, to: string): boolean | undefined {
  const first = timeOfDay(from)
  const last = timeOfDay(to)
  placeAsk(first.side || last.side)
  if (!hasTime()) return undefined
  const now = Math.floor(getTime() / 60)
  const wall = now + aheadAt(now)
  const start = minutesToday(first, wall)
  const end = minutesToday(last, wall)
  // It neither rises nor sets: between sunset and sunrise there is all of it, or nothing.
  if (first.side && last.side && first.side !== last.side && sunStays) return first.side === sunStays
  const minute = wall % DAY_MINUTES
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end
}
