// Rules without code, the extension m.rules, in the simulated board and in the real interpreter (ESPRUINO names it).
import { describe, expect, it } from 'vitest'
import { configurationProblem } from '../../src/flash/configuration'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { ESPRUINO } from '../build/espruino'
import { bundleText } from '../support/board_bundle'
import { distExtensions } from '../support/extensions'
import { PLACES } from './extension_runs'

/** Says what is carried, publishes so and so, and ends after so many milliseconds. */
const hubOf = (messages: [topic: string, payload: string, retain?: true][], ms: number): string => `
midge.subscribe("#", function (topic, payload) { print("SAYS " + topic + ": " + payload) });
${messages.map(([topic, payload, retain = false]) =>
  `midge.publish(${JSON.stringify(topic)}, ${JSON.stringify(payload)}, { retain: ${String(retain)} });`).join('\n')}
setTimeout(function () { midge.publish("end") }, ${ms})`

async function filesOf(
  rules: unknown, messages: [topic: string, payload: string, retain?: true][], ms = 200,
): Promise<Record<string, string>> {
  const settings = { rules }
  return { 'midge.json': JSON.stringify(settings), 'hub.js': hubOf(messages, ms), ...await distExtensions(settings) }
}

/** What was said but for the messages themselves. */
const answers = (said: string[], messages: [topic: string, payload: string, retain?: true][]): string[] => {
  const own = messages.map(([topic, payload]) => `${topic}: ${payload}`)
  return said.filter((line) => !own.includes(line) && !line.startsWith('end'))
}

describe.each(PLACES)('rules in %s', (_, run) => {
  async function answered(
    rules: object[], messages: [topic: string, payload: string, retain?: true][], ms?: number,
  ): Promise<string[]> {
    expect(configurationProblem({ rules })).toBe('')
    const said = await run(await filesOf(rules, messages, ms))
    expect(said.at(-1)).toBe('end: ')
    return answers(said, messages)
  }

  it('publish what a message asks for, with its own words in it', async () => {
    const rules = [{
      when: 'hall/+/motion',
      then: [{ topic: 'light/{2}', payload: '{payload} by {topic} {9}' }, { topic: 'plain', payload: true },
        { topic: 'object', payload: { a: 1 } }],
    }]
    expect(await answered(rules, [['hall/stairs/motion', 'ON'], ['hall/motion', 'ON']])).toEqual([
      'light/stairs: ON by hall/stairs/motion {9}', 'plain: true', 'object: {"a":1}',
    ])
  })

  it('compare a payload, or what stands in its JSON', async () => {
    const rule = (name: string, test: object): object =>
      ({ when: { topic: 'in', ...test }, then: { topic: name, payload: '{payload.a.b}' } })
    const rules = [
      rule('is', { path: 'a.b', is: 5 }), rule('is true', { path: 'c', is: true }),
      rule('not', { path: 'a.b', not: '5' }),
      rule('above', { path: 'a.b', above: 5 }), rule('below', { path: 'a.b', below: 5.5 }),
      rule('list', { path: 'd.1', is: 'y' }), rule('inner', { path: 'length', not: 'x' }), rule('whole', { is: 'ON' }),
    ]
    const messages: [string, string][] = [
      ['in', '{"a":{"b":5},"c":true}'], ['in', '{"a":{"b":6},"d":["x","y"]}'], ['in', 'ON'], ['in', ''],
    ]
    expect((await answered(rules, messages)).sort()).toEqual([
      'above: 6', 'below: 5', 'is true: 5', 'is: 5', 'list: 6', 'not: 6', 'whole: {payload.a.b}',
    ])
  })

  it('do nothing while their "unless" holds, and nothing for what was retained', async () => {
    const rules = [{ when: 'door', unless: { topic: 'away', is: 'yes' }, then: { topic: 'bell' } }]
    const messages: [string, string, true?][] = [['door', 'a'], ['away', 'yes', true], ['door', 'b'], ['away', 'no'],
      ['door', 'c', true]]
    expect(await answered(rules, messages)).toEqual(['bell: ', 'bell: '])
  })

  it('wait for as long as "for" says, and once', async () => {
    const rules = [{ when: { topic: 'window/+', is: 'open' }, for: 1, then: { topic: 'alarm', payload: '{topic}' } }]
    const messages: [string, string][] = [['window/a', 'open'], ['window/b', 'open'], ['window/b', 'closed'],
      ['window/a', 'open']]
    expect(await answered(rules, messages, 2_500)).toEqual(['alarm: window/a'])
  })

  it('publish no more than ten messages in a second, and say so once', async () => {
    const rules = [{ when: 'in', then: { topic: 'out', payload: '{payload}' } }]
    const messages = Array.from({ length: 40 }, (_, index): [string, string] => ['in', `${index}`])
    const seen = await answered(rules, messages)
    // It may be that a second begins meanwhile.
    expect([10, 20]).toContain(seen.filter((line) => line.startsWith('out')).length)
    expect(seen.filter((line) => line.startsWith('rules'))[0])
      .toBe('rules: more than 10 messages in a second, the others are dropped')
  })

  it('end where they go in a circle, and say which', async () => {
    const rules = [{ when: 'a', then: { topic: 'b' } }, { when: 'b', then: { topic: 'a' } }]
    const seen = await answered(rules, [['a', 'start']])
    expect(seen.filter((line) => line.startsWith('a:') || line.startsWith('b:'))).toHaveLength(8)
    expect(seen).toContain('rules: entry 1 goes in a circle, by a: stopped')
  })

  it('leave the others alone where one is none', async () => {
    const rules = [{ when: 'in' }, { when: 'in', then: { topic: 'out' } }]
    expect(answers(await run(await filesOf(rules, [['in', '']])), [['in', '']]))
      .toEqual([
        'midge.json: rules, entry 1: Error: must have "when", "at" or "cron", and "then"', 'out: ',
      ])
  })
})

/** What a board with rules and the time publishes, from a moment on; its clock is not set where there is none. */
async function publishedFrom(startIso: string, rules: object[], minutes: number, hub = ''): Promise<string[]> {
  const settings = { time: { latitude: 52.52, longitude: 13.4 }, rules }
  expect(configurationProblem(settings)).toBe('')
  const files = { '.bootcde': bundleText('esp32'), 'midge.json': JSON.stringify(settings),
    'hub.js': `${hubOf([], 1e9)}\n${hub}`, ...await distExtensions(settings) }
  const driver = new VirtualDriver({ files, startMs: startIso ? Date.parse(startIso) : 0 })
  driver.start()
  driver.advance(minutes * 60_000)
  return driver.board.output.filter(line => /^(SAYS|time|rules|midge\.json)|rror/.test(line))
    .map(line => line.replace(/^SAYS /, ''))
}

const CLOCK_ALONE = 'time: no answer from pool.ntp.org: the clock goes on by itself'

describe('rules by time', () => {
  const tell = (topic: string): object => ({ topic, payload: 'now' })

  it('publish at a time, at an event of the sun, and as cron has it', async () => {
    // The sun sets at 14:54 UTC.
    const rules = [{ at: 'mon 14:58', then: tell('bell') }, { at: 'tue 14:58', then: tell('never') },
      { at: 'sunset+5', then: [tell('blinds'), { topic: 'light', payload: { on: true } }] },
      { cron: '*/2 14 * * *', then: tell('tick') }]
    expect(await publishedFrom('2026-12-21T14:57:30Z', rules, 4)).toEqual([CLOCK_ALONE, 'bell: now', 'tick: now',
      'blinds: now', 'light: {"on":true}'])
  })

  it('go with "between", "unless" and "for"', async () => {
    const rules = [
      { when: 'motion', between: ['22:00', 'sunrise'], then: tell('light') },
      { when: 'motion', between: ['sunrise', '22:00'], then: tell('never') },
      { when: 'motion', between: ['22:00', '06:00'], unless: 'away', then: tell('never') },
      { when: { topic: 'door', is: 'open' }, for: 60, between: ['22:31', '23:00'], then: tell('alarm') },
      { at: '22:31', unless: 'away', then: tell('never') },
    ]
    const hub = 'midge.publish("away"); midge.publish("motion"); midge.publish("door", "open")'
    expect(await publishedFrom('2026-12-21T22:30:10Z', rules, 2, hub)).toEqual(['away: ', 'motion: ', 'door: open',
      'light: now', CLOCK_ALONE, 'alarm: now'])
  })

  it('do nothing before the board knows the time, which it says once', async () => {
    const rules = [{ cron: '* * * * *', then: tell('never') },
      { when: 'in', between: ['00:00', '12:00'], then: tell('never') },
      { when: 'in', between: ['12:00', '00:00'], then: tell('never') }]
    expect(await publishedFrom('', rules, 30, 'midge.publish("in")')).toEqual(['in: ',
      'time: no answer from pool.ntp.org: what is to be at a time waits until there is one'])
  })

  it.skipIf(!ESPRUINO)('hold between two times in a real Espruino too, which ESPRUINO names', async () => {
    const hour = (ahead: number): string => `${(new Date().getUTCHours() + ahead + 24) % 24}:00`
    const settings = { time: { server: '127.0.0.1' }, rules: [
      { when: 'in', between: [hour(-1), hour(2)], then: tell('in it') },
      { when: 'in', between: [hour(2), hour(-1)], then: tell('never') },
    ] }
    const files = { 'midge.json': JSON.stringify(settings), 'hub.js': hubOf([['in', '']], 300),
      ...await distExtensions(settings) }
    expect(await PLACES[1][1](files)).toEqual(['in: ', 'in it: now', 'end: '])
  })
})

describe('what is wrong with rules', () => {
  it('is said of those that go by the time', () => {
    const then = { topic: 'x' }
    const rules = [
      { at: '7', then }, { at: '07:00', cron: '* * * * *', then }, { then }, { at: '07:00', for: 5, then },
      { cron: '60 * * * *', then }, { when: 'a', between: ['22:00'], then }, { at: 'sunset', then },
    ]
    expect(configurationProblem({ time: {}, rules }).split('; ')).toEqual([
      '"rules", entry 1, "at" must be a time, as 07:00, mon-fri 07:00 or sunset-30',
    ])
    const rest = rules.slice(1)
    expect(configurationProblem({ time: {}, rules: rest }).split('; ')).toEqual([
      '"rules", entry 1 must have "when", "at" or "cron", one of them',
      '"rules", entry 2 must have "when", "at" or "cron", one of them',
      '"rules", entry 3 has "for", which goes with "when"',
      '"rules", entry 4, "cron" must be five fields, as */5 6-9 * * 1-5',
      '"rules", entry 5, "between" must be a list of two times, as ["22:00", "sunrise"]',
      '"rules", entry 6 goes by the sun, which needs "latitude" and "longitude" in "time"',
    ])
    const timeless = [{ at: 'sat,sun 25:00', then }, { when: 'a', between: ['1:00', '2:00'], then }]
    expect(configurationProblem({ rules: timeless }).split('; ')).toEqual([
      '"rules", entry 1, "at" must be a time, as 07:00 or mon-fri sunset-30',
      '"rules", entry 1 goes by the time, which needs "time"', '"rules", entry 2 goes by the time, which needs "time"',
    ])
  })

  it('is said of all of them in one run, with the place', () => {
    const rules = [
      { when: 'a/#/b', then: { topic: 'x' } }, { when: 'a' }, { when: 'a', then: { topic: 'b/+' }, fore: 1 },
      { when: { topic: 'a', above: '5' }, then: [{ topic: 'b' }, { payload: 'c', qos: 3 }] }, { when: 1, then: 'b' },
    ]
    expect(configurationProblem({ rules }).split('; ')).toEqual([
      '"rules", entry 1, "when" must be a Topic Filter, or an object of topic, path and is, not, above or below',
      '"rules", entry 2 must have "then"',
      '"rules", entry 3, "then", "topic" must be a Topic Name',
      '"rules", entry 3 has no "fore"',
      '"rules", entry 4, "when", "above" must be a number',
      '"rules", entry 4, "then", entry 2 must have "topic"',
      '"rules", entry 4, "then", entry 2, "qos" must be a number from 0 to 2',
      '"rules", entry 5, "when" must be a Topic Filter, or an object of topic, path and is, not, above or below',
      '"rules", entry 5, "then" must be a message, of topic, payload, qos and retain, or a list of such',
    ])
  })
})
