// From a time zone's name to a rule for a board.
import { describe, expect, it } from 'vitest'
import { configurationProblem, configurationRead } from '../../src/flash/configuration'
import { posixZone } from '../../src/flash/posix_zone'
import { zoneRule } from '../../src/flash/time_zone'
import { zoneOf } from '../../src/simulator/time_zone'

const NOW = Date.parse('2026-11-29T12:34:56.789Z')
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Minutes east of Greenwich, as this computer has it. */
function offsetAt (zone: string, ms: number): number {
  const text = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).format(ms)
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text)!
  return sign ? Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) : 0
}

describe('the rule of a zone', () => {
  it.each([
    ['Europe/Berlin', '<+01>-1<+02>,M3.5.0,M10.5.0/3'], ['America/New_York', '<-05>5<-04>,M3.2.0,M11.1.0'],
    ['Australia/Sydney', '<+10>-10<+11>,M10.1.0,M4.1.0/3'], ['Europe/Dublin', '<+00>0<+01>,M3.5.0/1,M10.5.0'],
    ['Australia/Lord_Howe', '<+1030>-10:30<+11>-11,M10.1.0,M4.1.0'], ['Asia/Kolkata', '<+0530>-5:30'],
    ['Asia/Jerusalem', '<+02>-2<+03>,M3.4.4/26,M10.5.0'], ['America/Nuuk', '<-02>2<-01>,M3.5.0/-1,M10.5.0/0'],
    ['Pacific/Chatham', '<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45'], ['UTC', '<+00>0'],
    ['America/Santiago', '<-04>4<-03>,M9.1.6/24,M4.1.6/24'],
  ])('is the rule that the years to come follow: %s', (zone, rule) => {
    expect(zoneRule(zone, NOW)).toBe(rule)
    const board = zoneOf(rule)
    // Each midnight of a year, and each quarter of an hour of a day on which the clocks change.
    for (let ms = Date.parse('2027-01-01T00:00Z'); ms < Date.parse('2027-01-01T00:00Z') + 366 * DAY_MS; ms += DAY_MS) {
      const [first, last] = [offsetAt(zone, ms), offsetAt(zone, ms + DAY_MS)]
      expect(board.minutesAt(ms, false)).toBe(first)
      for (let at = ms; first !== last && at < ms + DAY_MS; at += 15 * MINUTE_MS) {
        expect(board.minutesAt(at, false)).toBe(offsetAt(zone, at))
        expect(board.minutesAt(at - MINUTE_MS, false)).toBe(offsetAt(zone, at - MINUTE_MS))
      }
    }
  })

  it('stays what it is where it is one of POSIX', () => {
    for (const rule of ['CET-1CEST,M3.5.0,M10.5.0/3', '<+0530>-5:30', 'EST5EDT4,M3.2.0/2:00,M11.1.0/2:00']) {
      expect(zoneRule(rule)).toBe(rule)
    }
    expect(posixZone('CET-1CEST,M3.5.0,M10.5.0/3')).toEqual([60, 60, 4, 0, 2, 0, 120, 4, 0, 9, 0, 180])
    expect(posixZone('IST-1GMT0,M10.5.0,M3.5.0/1')).toEqual([-60, 60, 4, 0, 9, 0, 120, 4, 0, 2, 0, 60])
  })

  it('is refused where there is none', () => {
    for (const zone of ['Europe/Atlantis', '', 'CET', 'CET-1CEST', 'CET-1CEST,M13.1.0,M10.5.0', 'CET-1CEST,J60,J300',
      'CET-1CEST,M3.5.0,M10.5.0/', 'CET-1CET-1,M3.5.0,M10.5.0', 'CET-1CEST,M3.6.0,M10.5.0', 'CET-1x', '-1', 'C-1']) {
      // That one is a name.
      const problem = zone === 'CET' ? '' : '"time", "zone" must be the name of a time zone, as Europe/Berlin, '
        + 'or a rule of POSIX, as CET-1CEST,M3.5.0,M10.5.0/3'
      expect(configurationProblem({ time: { zone } }), zone).toBe(problem)
      expect(posixZone(zone), zone).toBe(undefined)
    }
    expect(configurationProblem({ time: { zone: 'Africa/Casablanca' } }))
      .toMatch(/^"time", "zone" is a zone whose clocks change by no rule .* write what holds now, as <\+0[01]>-?[01]$/)
    expect(configurationProblem({ time: { latitude: 3 } }))
      .toBe('"time" must have "latitude" and "longitude", or neither')
  })

  it('goes onto a board in the place of the name', () => {
    const data = new TextEncoder().encode('{ "time": { "zone": "Europe/Berlin", "server": "fritz.box" } }')
    expect(configurationRead(data, 'midge.json'))
      .toEqual({ time: { zone: '<+01>-1<+02>,M3.5.0,M10.5.0/3', server: 'fritz.box' } })
  })
})
