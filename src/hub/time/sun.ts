// When the sun rises and sets: by the formulas of The Astronomical Almanac for its position (section C, "low precision
// formulas", 0.01 degrees until 2050), its upper edge at the horizon and the air bending light by 34 minutes of arc.

const RADIAN = Math.PI / 180
/** The sun's height at its rise, degrees. */
const HEIGHT = -0.833
/** From 1970 to noon of 1 January 2000, days. */
const J2000 = 10_957.5
const DAY_MINUTES = 1_440

let latitude = NaN
let longitude = 0
/** The last day that sunMinute was asked about: 0 has both, 1 is a night that does not end, -1 a day. */
export let sunStays = 0

export function placeSet (north: number, east: number): void {
  latitude = north * RADIAN
  longitude = east
}

/** Whether it is known where the board stands. */
export const hasPlace = (): boolean => latitude === latitude

/**
 * Minutes since 1970, UTC, at which the sun rises (`side` -1) or sets (1) on a day of its own time, days since 1970.
 * Where it does not, sunStays says why, and this is noon or midnight.
 */
export function sunMinute (day: number, side: number): number {
  let time = day + 0.5 - longitude / 360
  // Its place is that of the time that is looked for: the second time it is.
  for (let pass = 0; pass < 2; pass++) {
    const days = time - J2000
    const anomaly = (357.528 + 0.9856003 * days) * RADIAN
    const mean = 280.46 + 0.9856474 * days
    const ecliptic = (mean + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RADIAN
    const tilt = (23.439 - 0.0000004 * days) * RADIAN
    const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic)) / RADIAN
    const declination = Math.asin(Math.sin(tilt) * Math.sin(ecliptic))
    // By how much a sundial is ahead, degrees.
    const ahead = mean - ascension - Math.round((mean - ascension) / 360) * 360
    const angle = (Math.sin(HEIGHT * RADIAN) - Math.sin(latitude) * Math.sin(declination))
      / (Math.cos(latitude) * Math.cos(declination))
    sunStays = angle > 1 ? 1 : angle < -1 ? -1 : 0
    const half = sunStays > 0 ? 0 : sunStays ? 180 : Math.acos(angle) / RADIAN
    time = day + 0.5 - (longitude + ahead - side * half) / 360
  }
  return time * DAY_MINUTES
}

/** The first of these events, moved by so many minutes, after a minute; 0: there is none in two days. */
export function sunNext (after: number, side: number, offset: number): number {
  const day = Math.floor((after - offset) / DAY_MINUTES) - 1
  for (let ahead = 0; ahead < 4; ahead++) {
    const minute = Math.round(sunMinute(day + ahead, side)) + offset
    if (!sunStays && minute > after) return minute
  }
  return 0
}
