// What keeps the records' flash clean, in steps between two calls into the core, and sees to it that the flash lasts.
import { persistStretchSet, recordMoved } from '../../main'
import { FIRST, recordErases, recordsClean, sectorCount } from './records'
import { erasesMax, secondsCount } from './wear'

const HOUR_S = 3_600
/** Values at QoS 0 are written so many times less often at the most. */
const STRETCH_MAX = 16

let erasesBefore = 0
let stretch = 1

/** Call once a second. */
export function recordsTick(): void {
  if (!sectorCount) return
  recordsClean((from, to) => recordMoved(from + FIRST, to + FIRST))
  if (secondsCount() % HOUR_S === 0) wearLook()
}

/** An hour is over: values are written less often where the flash would not last, and more often where it would. */
function wearLook(): void {
  const erases = recordErases - erasesBefore
  erasesBefore = recordErases
  if (erases > erasesMax(HOUR_S) && stretch < STRETCH_MAX) stretch *= 2
  else if (erases * 4 < erasesMax(HOUR_S) && stretch > 1) stretch /= 2
  else return
  persistStretchSet(stretch)
  print(`flash: ${erases} erases in an hour, values are now kept ${stretch} times as seldom`)
}
