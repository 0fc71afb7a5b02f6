// midge.at and midge.between over days of virtual time: clock changes of several zones both ways, leaps, the sun.
import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS, timeBoard } from './time_world'

/** Says a name with the time on the wall whenever its time comes. */
const atHub = (times: string[]): string => times.map(time => `midge.at(${JSON.stringify(time)}, function () {
  say(${JSON.stringify(time)} + " " + new Date().toString().substr(4)) })`).join('\n')

async function seen (zone: string, startIso: string, hours: number, times: string[]): Promise<string[]> {
  const board = await timeBoard(atHub(times), { time: { zone } }, startIso)
  board.driver.advance(hours * HOUR_MS)
  return board.said()
}

describe('a time of the day', () => {
  it('comes on its days', async () => {
    // 2026-12-21 is a Monday.
    const times = ['mon-fri 07:00', 'sat,sun 09:30', 'fri-mon 12:00']
    expect(await seen('Europe/Berlin', '2026-12-17T23:00Z', 24 * 7, times))
      .toEqual([
        'mon-fri 07:00 Dec 18 2026 07:00:00 GMT+0100', 'fri-mon 12:00 Dec 18 2026 12:00:00 GMT+0100',
        'sat,sun 09:30 Dec 19 2026 09:30:00 GMT+0100', 'fri-mon 12:00 Dec 19 2026 12:00:00 GMT+0100',
        'sat,sun 09:30 Dec 20 2026 09:30:00 GMT+0100', 'fri-mon 12:00 Dec 20 2026 12:00:00 GMT+0100',
        'mon-fri 07:00 Dec 21 2026 07:00:00 GMT+0100', 'fri-mon 12:00 Dec 21 2026 12:00:00 GMT+0100',
        'mon-fri 07:00 Dec 22 2026 07:00:00 GMT+0100', 'mon-fri 07:00 Dec 23 2026 07:00:00 GMT+0100',
        'mon-fri 07:00 Dec 24 2026 07:00:00 GMT+0100',
      ])
  })

  // What is skipped comes when the clock has leapt; what comes twice comes the first time.
  it.each<[zone: string, startIso: string, first: string, second: string]>([
    ['Europe/Berlin', '2027-03-27T22:00Z',
      '02:30 Mar 28 2027 03:00:00 GMT+0200', '03:30 Mar 28 2027 03:30:00 GMT+0200'],
    ['Europe/Berlin', '2027-10-30T21:00Z',
      '02:30 Oct 31 2027 02:30:00 GMT+0200', '03:30 Oct 31 2027 03:30:00 GMT+0100'],
    ['America/New_York', '2027-03-14T04:00Z',
      '02:30 Mar 14 2027 03:00:00 GMT-0400', '03:30 Mar 14 2027 03:30:00 GMT-0400'],
    ['America/New_York', '2027-11-07T03:00Z',
      '01:30 Nov 7 2027 01:30:00 GMT-0400', '02:30 Nov 7 2027 02:30:00 GMT-0500'],
    ['Australia/Sydney', '2027-10-02T12:00Z',
      '02:30 Oct 3 2027 03:00:00 GMT+1100', '03:30 Oct 3 2027 03:30:00 GMT+1100'],
    ['Australia/Sydney', '2027-04-03T11:00Z',
      '02:30 Apr 4 2027 02:30:00 GMT+1100', '03:30 Apr 4 2027 03:30:00 GMT+1000'],
    ['Australia/Lord_Howe', '2027-10-02T12:00Z',
      '02:15 Oct 3 2027 02:30:00 GMT+1100', '02:45 Oct 3 2027 02:45:00 GMT+1100'],
    ['Australia/Lord_Howe', '2027-04-03T11:00Z',
      '01:45 Apr 4 2027 01:45:00 GMT+1100', '02:15 Apr 4 2027 02:15:00 GMT+1030'],
  ])('comes once where the clocks change: %s, %s', async (zone, startIso, ...expected) => {
    expect(await seen(zone, startIso, 12, expected.map(line => line.slice(0, 5)))).toEqual(expected)
  })

  it('is at the same time of the wall on both sides, and every half hour goes by the minutes', async () => {
    const lines = await seen('Europe/Berlin', '2027-10-30T22:59Z', 6, ['*/30 * * * *'])
    expect(lines.map(line => line.slice(-17))).toEqual(['01:00:00 GMT+0200', '01:30:00 GMT+0200', '02:00:00 GMT+0200',
      '02:30:00 GMT+0200', '02:00:00 GMT+0100', '02:30:00 GMT+0100', '03:00:00 GMT+0100', '03:30:00 GMT+0100',
      '04:00:00 GMT+0100', '04:30:00 GMT+0100', '05:00:00 GMT+0100', '05:30:00 GMT+0100'])
  })

  it('is what cron says, of each of its fields', async () => {
    const times = ['*/20 6-7 * * 1-5', '5,10 12 1 1 *', '0 0 31 12 6', '0 3 * * 7']
    const lines = await seen('UTC', '2026-12-30T00:00:30Z', 24 * 4, times)
    expect(lines.map(line => line.replace(/ 202\d/, '').replace(':00 GMT+0000', ''))).toEqual([
      '*/20 6-7 * * 1-5 Dec 30 06:00', '*/20 6-7 * * 1-5 Dec 30 06:20', '*/20 6-7 * * 1-5 Dec 30 06:40',
      '*/20 6-7 * * 1-5 Dec 30 07:00', '*/20 6-7 * * 1-5 Dec 30 07:20', '*/20 6-7 * * 1-5 Dec 30 07:40',
      // The last day of December, or its Saturdays.
      '0 0 31 12 6 Dec 31 00:00',
      '*/20 6-7 * * 1-5 Dec 31 06:00', '*/20 6-7 * * 1-5 Dec 31 06:20', '*/20 6-7 * * 1-5 Dec 31 06:40',
      '*/20 6-7 * * 1-5 Dec 31 07:00', '*/20 6-7 * * 1-5 Dec 31 07:20', '*/20 6-7 * * 1-5 Dec 31 07:40',
      '*/20 6-7 * * 1-5 Jan 1 06:00', '*/20 6-7 * * 1-5 Jan 1 06:20', '*/20 6-7 * * 1-5 Jan 1 06:40',
      '*/20 6-7 * * 1-5 Jan 1 07:00', '*/20 6-7 * * 1-5 Jan 1 07:20', '*/20 6-7 * * 1-5 Jan 1 07:40',
      '5,10 12 1 1 * Jan 1 12:05', '5,10 12 1 1 * Jan 1 12:10',
    ])
  })
})

describe('a leap of the clock', () => {
  const HUB = atHub(['07:00', 'sunset', '*/10 * * * *'])
  const SETTINGS = { time: { latitude: 52.52, longitude: 13.4 } }

  it('ahead skips nothing of the day, and makes up for no minutes', async () => {
    const board = await timeBoard(HUB, SETTINGS, '2026-12-21T06:55:00Z')
    board.driver.board.evaluate('setTime(getTime() + 12 * 3600)')
    board.driver.advance(MINUTE_MS)
    expect(board.said().map(line => line.replace(/ Dec.*/, ''))).toEqual(['07:00', 'sunset'])
    board.driver.advance(5 * MINUTE_MS)
    expect(board.said()).toEqual(['*/10 * * * * Dec 21 2026 19:00:00 GMT+0000'])
  })

  it('back repeats nothing of the day, and has minutes go on', async () => {
    const board = await timeBoard(HUB, SETTINGS, '2026-12-21T06:55:00Z')
    board.driver.advance(10 * HOUR_MS)
    expect(board.said().filter(line => !line.startsWith('*'))).toHaveLength(2)
    board.driver.board.evaluate('setTime(getTime() - 11 * 3600)')
    board.driver.advance(11 * HOUR_MS)
    const lines = board.said()
    expect(lines.filter(line => !line.startsWith('*'))).toEqual([])
    expect(lines).toHaveLength(66)
    // And tomorrow everything comes again.
    board.driver.advance(24 * HOUR_MS)
    expect(board.said().filter(line => !line.startsWith('*'))).toHaveLength(2)
  })

  it('of some seconds back, over the minute itself, comes once', async () => {
    const board = await timeBoard(HUB, SETTINGS, '2026-12-21T06:59:00Z')
    board.driver.advance(MINUTE_MS)
    board.driver.board.evaluate('setTime(getTime() - 5)')
    board.driver.advance(MINUTE_MS)
    expect(board.said().map(line => line.replace(/ Dec.*/, ''))).toEqual(['07:00', '*/10 * * * *'])
  })

  it('of more than a day is another time', async () => {
    const board = await timeBoard(HUB, SETTINGS, '2026-12-21T06:55:00Z')
    for (const days of [30, -20]) {
      board.driver.board.evaluate(`setTime(getTime() + ${days} * 86400)`)
      board.driver.advance(2 * MINUTE_MS)
      expect(board.said()).toEqual([])
    }
    board.driver.advance(24 * HOUR_MS)
    expect(board.said().filter(line => !line.startsWith('*'))).toHaveLength(2)
  })
})

describe('midge.at', () => {
  it('answers what ends it, leaves others alone where one throws, and takes no more than 32', async () => {
    const board = await timeBoard(`var stop = midge.at('* * * * *', function () { say('once'); stop() })
midge.at('* * * * *', function () { throw new Error('out of order') })
midge.at('* * * * *', function () { say('always') })
var n = 3
try { for (;;n++) midge.at('00:00', function () {}) } catch (problem) { say(n + ' ' + problem) }`,
    { time: {} }, '2026-12-21T06:00:30Z')
    board.driver.advance(2 * MINUTE_MS)
    expect(board.said()).toEqual(['32 Error: midge.at: more than 32 times', 'once', 'error: Error: out of order',
      'always', 'error: Error: out of order', 'always'])
  })

  it.each(['', '7', '24:00', '07:60', '7:5', 'mon 7', 'moon 07:00', '* * * *', '* * * * * *', '60 * * * *', '* * 0 * *',
    '*/0 * * * *', '5-1 * * * *', 'a b c d e', 'sunrise', 'noon', '07:00 mon', '-5 * * * *', '07:00+5',
  ])('refuses %j with a sentence', async time => {
    const hub = `try { midge.at(${JSON.stringify(time)}, function () {}) } catch (problem) { say(problem) }`
    const board = await timeBoard(hub, { time: {} }, '2026-12-21T06:00Z')
    expect(board.said()).toEqual([expect.stringMatching(/^Error: (no time: '|the sun needs)/)])
  })

  it('has the sun\'s times of the whole year, and leaves days out on which there are none', async () => {
    const time = { latitude: 69.68, longitude: 18.94, zone: 'Europe/Oslo' }
    const board = await timeBoard(atHub(['sunrise', 'mon sunset-30']), { time }, '2026-11-23T12:00Z')
    board.driver.advance(60 * 24 * HOUR_MS)
    const lines = board.said().map(line => line.replace(/ 202.*/, ''))
    // Within a day of what the tables say: 27 November and 16 January.
    expect(lines.slice(0, 5)).toEqual(['sunrise Nov 24', 'sunrise Nov 25', 'sunrise Nov 26', 'sunrise Jan 15',
      'sunrise Jan 16'])
    expect(lines.filter(line => line.startsWith('mon'))).toEqual(['mon sunset-30 Jan 18'])
  }, 60_000)
})

describe('midge.between', () => {
  const times = (count: number, word: string): string[] => Array<string>(count).fill(word)
  const between = (from: string, to: string): string =>
    `setInterval(function () { say(midge.between(${JSON.stringify(from)}, ${JSON.stringify(to)})) }, 3600000)`

  it.each([
    ['22:00', '06:00', [...times(6, 'true'), ...times(16, 'false'), ...times(2, 'true')]],
    ['06:00', '22:00', [...times(6, 'false'), ...times(16, 'true'), ...times(2, 'false')]],
    // 07:11 and 14:54 UTC.
    ['sunset', 'sunrise', [...times(7, 'true'), ...times(8, 'false'), ...times(9, 'true')]],
    ['sunrise+60', 'sunset-60', [...times(8, 'false'), ...times(6, 'true'), ...times(10, 'false')]],
  ])('%s and %s', async (from, to, expected) => {
    const time = { latitude: 52.52, longitude: 13.4 }
    const board = await timeBoard(between(from, to), { time }, '2026-12-20T23:30Z')
    board.driver.advance(24 * HOUR_MS)
    expect(board.said()).toEqual(expected)
  })

  it('is all of the polar night, and nothing of the polar day', async () => {
    for (const [startIso, expected] of [['2026-12-21T00:00Z', 'true'], ['2026-06-21T00:00Z', 'false']]) {
      const time = { latitude: 69.68, longitude: 18.94 }
      const board = await timeBoard(between('sunset-30', 'sunrise'), { time }, startIso)
      board.driver.advance(24 * HOUR_MS)
      expect(board.said()).toEqual(times(24, expected))
    }
  })

  it('is undefined before the board knows the time', async () => {
    const board = await timeBoard('say(midge.between("00:00", "12:00"))', { time: {} }, '2026-12-21T06:00Z', false)
    expect(board.said()[0]).toBe('undefined')
  })
})
