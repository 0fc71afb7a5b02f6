// When the sun rises and sets, against what others say of 2022 and 2023: timeanddate.com, to the minute, and the solar
// position algorithm SAMPA (Reda, NREL/TP-560-47681) at Tromso, where it is hardest.
import { beforeEach, describe, expect, it } from 'vitest'
import { placeSet, sunMinute, sunNext, sunStays } from '../../src/hub/time/sun'

const DAY_MINUTES = 1_440
const RISE = -1
const SET = 1

const minuteOf = (iso: string): number => Date.parse(iso) / 60_000
const dayOf = (date: string): number => Math.floor(minuteOf(date) / DAY_MINUTES)

const PLACES: Record<string, { at: [north: number, east: number], days: [rise: string, set: string][] }> = {
  'Oslo': { at: [59 + 55 / 60, 10 + 44 / 60], days: [
    ['2023-03-20T06:19:50+01:00', '2023-03-20T18:30:41+01:00'],
    ['2023-06-21T03:53:49+02:00', '2023-06-21T22:43:47+02:00'],
    ['2023-12-21T09:17:58+01:00', '2023-12-21T15:11:56+01:00'],
  ] },
  'Amsterdam': { at: [52 + 22 / 60, 4.9], days: [
    ['2023-03-20T06:43:55+01:00', '2023-03-20T18:53:01+01:00'],
    ['2023-06-21T05:18:01+02:00', '2023-06-21T22:06:22+02:00'],
    ['2023-12-21T08:48:00+01:00', '2023-12-21T16:28:41+01:00'],
  ] },
  'New York': { at: [40 + 43 / 60, -74.01], days: [
    ['2023-03-20T06:59:46-04:00', '2023-03-20T19:07:54-04:00'],
    ['2023-06-21T05:25:02-04:00', '2023-06-21T20:30:40-04:00'],
    ['2023-12-21T07:16:25-05:00', '2023-12-21T16:31:43-05:00'],
  ] },
  'Maputo': { at: [-25 - 58 / 60, 32 + 34 / 60], days: [
    ['2023-06-21T06:36:06+02:00', '2023-06-21T17:06:52+02:00'],
    ['2023-12-21T04:54:34+02:00', '2023-12-21T18:40:39+02:00'],
  ] },
  'Lord Howe Island': { at: [-31 - 33 / 60, 159 + 5 / 60], days: [
    ['2023-06-21T06:52:40+10:30', '2023-06-21T16:57:59+10:30'],
    ['2023-12-21T05:15:02+11:00', '2023-12-21T19:27:43+11:00'],
  ] },
  'Jakarta': { at: [-6.175, 106.825], days: [
    ['2022-06-21T06:01:30+07:00', '2022-06-21T17:47:25+07:00'],
    ['2022-12-21T05:36:03+07:00', '2022-12-21T18:05:08+07:00'],
  ] },
}

describe.each(Object.entries(PLACES))('the sun at %s', (_, { at, days }) => {
  it('rises and sets within a minute of what the tables say', () => {
    placeSet(...at)
    for (const [rise, set] of days) {
      // The day of its own time, wherever UTC is.
      const day = dayOf(rise.slice(0, 10))
      expect(Math.abs(sunMinute(day, RISE) - minuteOf(rise))).toBeLessThan(1)
      expect(Math.abs(sunMinute(day, SET) - minuteOf(set))).toBeLessThan(1)
    }
  })
})

describe('the sun at Tromso', () => {
  beforeEach(() => placeSet(69.682778, 18.942778))

  it('rises and sets as the tables say, but for the edges of the polar night and day', () => {
    for (const [rise, set] of [
      ['2022-01-20T10:37:27+01:00', '2022-01-20T13:13:49+01:00'],
      ['2022-03-20T05:44:06+01:00', '2022-03-20T18:01:30+01:00'],
      ['2022-11-24T10:33:46+01:00', '2022-11-24T12:27:11+01:00'],
    ]) {
      expect(Math.abs(sunMinute(dayOf(rise), RISE) - minuteOf(rise))).toBeLessThan(3)
      expect(Math.abs(sunMinute(dayOf(set), SET) - minuteOf(set))).toBeLessThan(3)
    }
  })

  it('does not rise from the end of November to the middle of January', () => {
    const staysOn = (date: string): number => {
      sunMinute(dayOf(date), RISE)
      return sunStays
    }
    // SAMPA has the last and the first day as 27 November and 16 January.
    const winter = ['2022-11-26', '2022-11-29', '2022-12-21', '2023-01-14', '2023-01-18']
    expect(winter.map(staysOn)).toEqual([0, 1, 1, 1, 0])
    // And as 18 May and 27 July.
    const summer = ['2022-05-16', '2022-05-20', '2022-06-21', '2022-07-25', '2022-07-29']
    expect(summer.map(staysOn)).toEqual([0, -1, -1, -1, 0])
  })

  it('has no next event within two days of the polar night, and one again when it is over', () => {
    expect(sunNext(minuteOf('2022-12-21T10:00Z'), RISE, 0)).toBe(0)
    const first = sunNext(minuteOf('2023-01-17T00:00Z'), RISE, 0)
    expect(Math.abs(first - minuteOf('2023-01-17T11:04:04+01:00'))).toBeLessThan(5)
  })
})

describe('the next event', () => {
  it('is one a day, moved by minutes, on both sides of the date line', () => {
    for (const [north, east] of [[-41.289, 174.777], [-13.83, -171.76], [52.5, 13.4], [0, 0]]) {
      placeSet(north, east)
      for (const offset of [-700, -30, 0, 45, 720]) {
        const from = minuteOf('2026-03-01T00:00Z')
        let minute = from
        for (let day = 0; day < 365; day++) {
          const next = sunNext(minute, SET, offset)
          if (day) expect(Math.abs(next - minute - DAY_MINUTES)).toBeLessThan(5)
          minute = next
        }
      }
    }
  })

  it('is at a pole what there is of it', () => {
    placeSet(90, 0)
    sunMinute(dayOf('2026-12-21'), RISE)
    expect(sunStays).toBe(1)
    sunMinute(dayOf('2026-06-21'), RISE)
    expect(sunStays).toBe(-1)
  })
})
