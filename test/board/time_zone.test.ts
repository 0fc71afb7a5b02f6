// The engine's own dates in a zone, as m.time sets it, against what this computer says: in the simulated board and in
// the real interpreter (ESPRUINO names it).
import { describe, expect, it } from 'vitest'
import { posixZone } from '../../src/flash/posix_zone'
import { zoneRule } from '../../src/flash/time_zone'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { ESPRUINO, runEspruino } from '../build/espruino'

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC']
const FIRST = Date.parse('2027-01-01T00:00Z')
const HOUR_MS = 3_600_000
const HOURS = 365 * 24

/** Prints at which hours of 2027 the clock on the wall changes, what it says then, and how a local time is read. */
const programOf = (numbers: number[]): string => `
E.${numbers.length > 1 ? `setDST(${numbers.join()})` : `setTimeZone(${numbers[0] / 60})`};
var last = 1e9, at = ${FIRST}, end = ${FIRST + HOURS * HOUR_MS};
for (; at < end; at += ${HOUR_MS}) {
  var date = new Date(at), offset = date.getTimezoneOffset();
  if (offset !== last) print("IT " + at + " " + offset + " " + [date.getFullYear(), date.getMonth(), date.getDate(),
    date.getDay(), date.getHours(), date.getMinutes()].join());
  last = offset;
}
print("IT " + new Date(2027, 5, 21, 12, 30).getTime() + " " + new Date("2027-06-21T12:30").getTime());
print("IT " + new Date(${FIRST}).toString());
print("IT end");`

/** The same by this computer's own knowledge. */
function expectedOf (zone: string): string[] {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', weekday: 'short', year: 'numeric',
    month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' })
  const wallAt = (at: number): Date => {
    const { year, month, day, hour, minute } = Object.fromEntries(format.formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]))
    return new Date(Date.UTC(year, month - 1, day, hour, minute))
  }
  const lines: string[] = []
  let last = NaN
  for (let at = FIRST; at < FIRST + HOURS * HOUR_MS; at += HOUR_MS) {
    const wall = wallAt(at)
    const offset = (at - wall.getTime()) / 60_000
    if (offset !== last) {
      lines.push(`IT ${at} ${offset} ${[wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), wall.getUTCDay(),
        wall.getUTCHours(), wall.getUTCMinutes()].join()}`)
    }
    last = offset
  }
  const wanted = Date.UTC(2027, 5, 21, 12, 30)
  const noon = 2 * wanted - wallAt(wanted).getTime()
  return [...lines, `IT ${noon} ${noon}`]
}

const PLACES: [string, (program: string) => Promise<string[]>][] = [['the simulated board', program => {
  const driver = new VirtualDriver({ files: { '.bootcde': program } })
  driver.start()
  return Promise.resolve(driver.board.output)
}]]
if (ESPRUINO) PLACES.push(['a real Espruino, which ESPRUINO names', program => runEspruino(program + 'quit()', 60_000)])

describe.each(PLACES)('a date in %s', (_, run) => {
  it.each(ZONES)('is what the computer says: %s', async zone => {
    const lines = (await run(programOf(posixZone(zoneRule(zone))!))).filter(line => line.startsWith('IT '))
    expect(lines.at(-1)).toBe('IT end')
    expect(lines.slice(0, -2)).toEqual(expectedOf(zone))
    expect(lines.at(-2)).toMatch(/^IT (Thu Dec 31 2026|Fri Jan 1 2027) \d\d:\d\d:00 GMT[+-]\d{4}$/)
  }, 90_000)
})
