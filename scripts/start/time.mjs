// A time of the virtual board's own: where it begins, and how fast it goes.
import { InvalidArgumentError } from 'commander'
import { usageError } from './files.mjs'

const SPEED_MAX = 600

/** The first words of a board that knows the time: src/hub/time/calendar.ts. */
const FIRST = '2026-01-01T00:00'

/** Reads `--at`. @param {string} text */
export function readTime (text) {
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(text) && !Number.isNaN(Date.parse(text))
  if (!isTime) throw new InvalidArgumentError('write it as 2026-12-21T16:00')
  if (text < FIRST) throw new InvalidArgumentError('a board takes no time before 2026 for one')
  return text
}

/** Reads `--speed`. @param {string} text */
export function readSpeed (text) {
  const speed = Number(text)
  if (!(speed >= 1 && speed <= SPEED_MAX)) throw new InvalidArgumentError(`it is a number from 1 to ${SPEED_MAX}`)
  return speed
}

/**
 * When a time of the board's zone is, milliseconds since 1970: the zone is a rule, as the board has it.
 * @param {string} text
 * @param {import('../../src/simulator/time_zone').TimeZone} zone
 */
const momentOf = (text, zone) => zone.utcOf(Date.parse(`${text.length === 10 ? `${text}T00:00` : text}Z`))

/**
 * The board's own time, as LiveDriver takes it, and in words; null: it has that of the world.
 * @param {{ at?: string, speed?: number, engine: string }} options
 * @param {{ time?: { zone?: string } }} settings
 */
export async function ownTime ({ at, speed = 1, engine }, { time = {} }) {
  if (at === undefined && speed === 1) return null
  if (at === undefined) throw usageError('--speed goes with --at')
  if (engine !== 'simulator') throw usageError('--at is for the simulator: an interpreter has this computer\'s time')
  const { moduleOf } = await import('../lib/node_module.mjs')
  const { zoneOf } = await moduleOf('src/simulator/time_zone.ts')
  const startMs = momentOf(at, zoneOf(time.zone))
  return { startMs, speed, words: `${at}${speed > 1 ? `, and goes ${speed} times as fast` : ''}` }
}
