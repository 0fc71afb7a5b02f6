// The extension m.time: what time it is, and what is to happen at a time: midge.at and midge.between of docs/home.md.
// midge.json: "time": { "server", "zone", "latitude", "longitude" }, none of which must be there.
import { posixZone } from '../../flash/posix_zone'
import { at, between } from './calendar'
import { clockStart } from './clock'
import { placeSet } from './sun'

interface Given { server?: string, zone?: string, latitude?: number, longitude?: number }

const KEYS = ['server', 'zone', 'latitude', 'longitude']

/** Puts the engine's own dates into a zone; whether there is one. */
function zoneSet (rule: string): boolean {
  const numbers = typeof rule === 'string' ? posixZone(rule) : undefined
  if (!numbers) return false
  // eslint-disable-next-line prefer-spread -- the engine has no spread
  if (numbers.length > 1) E.setDST.apply(E, numbers)
  else E.setTimeZone(numbers[0] / 60)
  return true
}

const isWithin = (value: unknown, size: number): boolean => typeof value === 'number' && value >= -size && value <= size

/** What is wrong with it; empty when nothing is. */
function fault (given: Given): string {
  if (typeof given !== 'object' || !given || Array.isArray(given)) return 'must be an object'
  for (const key of Object.keys(given)) if (KEYS.indexOf(key) < 0) return `has no ${key}`
  const north = given.latitude
  const east = given.longitude
  if (given.server !== undefined && (typeof given.server !== 'string' || !given.server)) return 'server must be a name'
  if ((north === undefined) !== (east === undefined)) return 'latitude and longitude go together'
  if (north !== undefined && !(isWithin(north, 90) && isWithin(east, 180))) return 'latitude and longitude are degrees'
  return given.zone !== undefined && !zoneSet(given.zone)
    ? 'zone must be a rule as CET-1CEST,M3.5.0,M10.5.0/3; npm run flash and upload make it of a name' : ''
}

function start (given: Given): void {
  const why = fault(given)
  if (why) return print(`midge.json: time: ${why}`)
  if (given.latitude !== undefined) placeSet(given.latitude, given.longitude!)
  midge.at = at
  midge.between = between
  clockStart(given.server || 'pool.ntp.org')
}

start(configuration.time as Given)
delete configuration.time
