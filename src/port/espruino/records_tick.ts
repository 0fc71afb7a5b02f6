// What keeps the records' flash clean, in steps between two calls into the core, and sees to it that the flash lasts.
import { filterIsNamed, persistStretchSet, recordMoved, tablesOf } from '../../main'
import {
  FIRST, recordErases, recordsClean, sectorCount, sectorsErased, tablesAreDue, tablesKeep,
} from './records'
import { HOUR_S, erasesMax, seconds, secondsCount } from './wear'

/** Values at QoS 0 are written so many times less often at the most. */
const STRETCH_MAX = 16

/** Steps of cleaning that somebody waits for at the most: some ten sectors. */
const STEPS_MAX = 64
/** Where no room can be made, it is tried again after so long: each time costs erases. */
const FULL_S = 60

let erasesBefore = 0
/** Until when the store counts as full. */
let fullUntil = 0
let stretch = 1

/** Call once a second. */
export function recordsTick(): void {
  if (!sectorCount) return
  const isHour = secondsCount() % HOUR_S === 0
  if (!recordsClean(moved, isNamed, 1) && tablesAreDue(isHour)) tablesKeep(tablesOf())
  if (isHour) wearLook()
}

function moved(from: number, to: number): void {
  recordMoved(from + FIRST, to + FIRST)
}

function isNamed(filter: number): boolean {
  return filterIsNamed(filter + FIRST)
}

/**
 * Call before what somebody has sent is handled, between two calls into the core, where the store has less than `room`.
 * It is cleaned then, however long that takes: meanwhile nobody is read, so that who sends much is slowed, and not
 * refused.
 */
export function recordsRoom(): void {
  if (seconds < fullUntil) return
  const before = sectorsErased
  recordsClean(moved, isNamed, STEPS_MAX)
  if (sectorsErased <= before) fullUntil = seconds + FULL_S
}

/** An hour is over: values are written less often where the flash would not last, and more often where it would. */
function wearLook(): void {
  const erases = recordErases - erasesBefore
  erasesBefore = recordErases
  const most = erasesMax()
  if (erases > most && stretch < STRETCH_MAX) stretch *= 2
  else if (erases * 4 < most && stretch > 1) stretch /= 2
  else return
  persistStretchSet(stretch)
  print(`flash: ${erases} erases in an hour, values are now kept ${stretch} times as seldom`)
}
