// Every hub.js that is shipped or shown in the docs, in the simulated board and in the real interpreter (ESPRUINO names
// it): the same stage around it, the same steps, the same that is seen. Pins, long timers and modules are the stage's.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { storageWrite } from '../../scripts/lib/espruino.mjs'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { ROOT } from '../../scripts/lib/root.mjs'
import { zoneRule } from '../../src/flash/time_zone'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { ESPRUINO, startEspruino } from '../build/espruino'
import { bundleText } from '../support/board_bundle'
import { distExtensions } from '../support/extensions'
import { PATIENCE_MS } from '../support/patience'

/** What is done to a program, one after the other, and what is seen from its start on. */
interface Play {
  steps: string[]
  seen: string[]
  settings?: Record<string, unknown>
  /** What its clock says at the start; the steps have it go on. */
  startIso?: string
}

const MINUTE = 'elapse(60000)'

const PLAYS: Record<string, Play> = {
  'boards/hub/hall.js': {
    settings: { homeassistant: 'ha' },
    steps: ['midge.publish("midge/hall/light/set", "ON")', 'midge.publish("midge/hall/chip/set", "ON")', MINUTE],
    seen: [
      'ha/device/midge_hall/config: {"device":{"identifiers":["midge_hall"],"name":"Hall"},"origin":{"name":"Midge"},'
      + '"availability_topic":"midge/BOARD/availability","components":{"light":{"unique_id":"midge_hall_light",'
      + '"name":"light","state_topic":"midge/hall/light/state","command_topic":"midge/hall/light/set",'
      + '"platform":"switch"},"chip":{"unique_id":"midge_hall_chip","name":"chip",'
      + '"state_topic":"midge/hall/chip/state","platform":"sensor","device_class":"temperature",'
      + '"unit_of_measurement":"\xc2\xb0C"}}}, retained',
      'D18 is true', 'midge/hall/light/set: ON', 'midge/hall/light/state: ON', 'midge/hall/chip/set: ON',
      'midge/hall/chip/state: 20.5',
    ],
  },
  'boards/hub/relay.js': {
    steps: ['midge.publish("midge/relay/set", "ON")', 'midge.publish("midge/relay/set", "nonsense")'],
    seen: [
      'D18 is false',
      'homeassistant/device/midge_relay/config: {"device":{"identifiers":["midge_relay"],"name":"Midge relay"},'
      + '"origin":{"name":"Midge"},"components":{"relay":{"platform":"switch","unique_id":"midge_relay","name":null,'
      + '"command_topic":"midge/relay/set","state_topic":"midge/relay/state"}}}, retained',
      'midge/relay/state: OFF, retained',
      'D18 is true', 'midge/relay/set: ON', 'midge/relay/state: ON',
      'midge/relay/set: nonsense',
    ],
  },
  'boards/hub/rule.js': {
    steps: ['midge.publish("hall/door/motion", "ON")', MINUTE, 'midge.publish("hall/stairs/motion", "ON")',
      'elapse(119000)', 'elapse(1000)', 'press()'],
    seen: ['hall/door/motion: ON', 'hall/light/set: ON', 'hall/stairs/motion: ON', 'hall/light/set: ON',
      'hall/light/set: OFF', 'hall/light/set: ON'],
  },
  // The second reading fails.
  'boards/hub/sensor.js': {
    steps: [MINUTE, MINUTE],
    seen: ['hall/temperature: 20.3, retained', 'hall/humidity: 40, retained', 'hall/temperature: 20.8',
      'hall/humidity: 40'],
  },
  'docs/home.md, 1': {
    steps: ['midge.publish("hall/stairs/motion", "ON")', 'elapse(10000)'],
    seen: ['hall/stairs/motion: ON', 'hall/light/set: ON', 'hall/dark: ON'],
  },
  'docs/home.md, 2': {
    settings: { state: true },
    steps: ['midge.publish("is kept", midge.state("starts"))'],
    seen: ['hall/starts: 1, retained', 'is kept: 1'],
  },
  // A Monday; the sun sets at 15:54.
  'docs/home.md, 3': {
    settings: { time: { server: '127.0.0.1', zone: zoneRule('Europe/Berlin'), latitude: 52.52, longitude: 13.4 } },
    startIso: '2026-12-21T06:29:00+01:00',
    steps: [MINUTE, 'elapse(9 * 3600000)', MINUTE, 'elapse(9 * 60000)'],
    seen: ['hall/heating/set: 21', 'hall/light/set: ON'],
  },
}

/** Text beyond ASCII: what devices send, and what an owner's editor writes. */
const UTF8 = 'text in UTF-8'
PLAYS[UTF8] = {
  steps: ['midge.publish("K\\xc3\\xbcche/W\\xc3\\xa4rme", "21 \\xc2\\xb0C")'],
  seen: ['Küche/Wärme: 21 °C', 'it is: equal'].map((line) => Buffer.from(line).toString('latin1')),
}
const UTF8_HUB = `midge.subscribe("Küche/+", function (topic, payload) {
  midge.publish("it is", topic === "Küche/Wärme" && payload === "21 °C" ? "equal" : "another")
})`

const MODULES = {
  DHT22: `var n = 0; exports.connect = function (pin) { return { read: function (callback) {
    n++; callback(n === 2 ? {err: true} : {temp: 20.0001 + n / 4, rh: 40.4}) } } }`,
}

/** In front of the bundle: timers of more than some seconds wait for `elapse`, and pins are the stage's. */
const STAGE = `var timers = [], nowMs = 0, press;
new Uint8Array(40).forEach(function (_, number) { global["D" + number] = "D" + number });
["Timeout", "Interval"].forEach(function (kind) {
  var set = global["set" + kind], clear = global["clear" + kind];
  global["set" + kind] = function (f, ms) {
    if (!(ms > 5000)) return set(f, ms);
    timers.push({at: nowMs + ms, every: kind === "Interval" ? ms : 0, f: f});
    return 1000 + timers.length;
  };
  global["clear" + kind] = function (id) { if (id > 1000) timers[id - 1001].at = -1; else clear(id) };
});
global.elapse = function (ms) {
  nowMs += ms;
  timers.forEach(function (timer) {
    if (timer.at < 0 || timer.at > nowMs) return;
    timer.at = timer.every ? timer.at + timer.every : -1;
    timer.f();
  });
};
global.digitalWrite = function (pin, level) { print("SEEN " + pin + " is " + level) };
global.analogRead = function () { return 0.1 };
E.getTemperature = function () { return 20.48 };
global.setWatch = function (f) { press = f };\n`

/**
 * Behind it: a listener, the steps, and the end. Between them lie so many passes of the engine's loop that what a step
 * has sent has arrived: a process that had to wait for the computer finds timers of whatever length to be over.
 */
const actOf = (steps: string[]): string => `
midge.subscribe("#", function (topic, payload, details) {
  print("SEEN " + topic + ": " + payload + (details.retain ? ", retained" : ""))
});
var steps = [${steps.map((step) => `function () { ${step} }`).join()}];
function later (passes) {
  setTimeout(function () { if (passes) later(passes - 1); else act() }, 3);
}
function act () {
  if (!steps.length) return print("SEEN end");
  try { steps.shift()() } catch (problem) { print("error: " + problem) }
  later(10);
}
later(10);`

const clockOf = (startIso: string): string => `global.getTime = function () {
  return ${Date.parse(startIso) / 1_000} + nowMs / 1000 };
global.setTime = function () {};\n`

const programOf = (steps: string[], startIso?: string): string =>
  `${STAGE}${startIso ? clockOf(startIso) : ''}${bundleText('esp32')}${actOf(steps)}`

/** What is seen, and what went wrong. */
const seenIn = (lines: string[]): string[] => lines.map((line) => line.replace(/^[>\s]+/, ''))
  .filter((line) => /^SEEN|rror/.test(line)).map((line) => line.replace(/^SEEN /, ''))
  // What the board says of itself: test/interop/home_assistant.test.ts.
  .filter((line) => !/^\w+.device.midge_(?!hall|relay)|^midge.midge_/.test(line))
  .map((line) => line.replace(/midge.midge_\w+/, 'midge/BOARD'))

function playSimulated(hub: string, program: string, beside: Record<string, string>): string[] {
  const driver = new VirtualDriver({ files: { '.bootcde': program, 'hub.js': hub, ...MODULES, ...beside } })
  driver.start()
  driver.advance(1_000)
  return seenIn(driver.board.output)
}

async function playReal(hub: string, program: string, beside: Record<string, string>): Promise<string[]> {
  const settings = { ...JSON.parse(beside['midge.json']) as object, port: await freePort() }
  const files = { 'hub.js': hub, ...MODULES, ...beside, 'midge.json': JSON.stringify(settings) }
  const run = startEspruino(Object.entries(files).map(([name, data]) => storageWrite(name, data)).join('')
    + program)
  const endMs = performance.now() + PATIENCE_MS
  while (!run.output().includes('SEEN end') && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  run.child.kill('SIGKILL')
  run.remove()
  return seenIn(run.output().split(/\r?\n/))
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'latin1')
const inFolder = (folder: string, end: string): string[] =>
  existsSync(join(ROOT, folder)) ? readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(end))
    .map((name) => `${folder}/${name}`) : []

/** The programs of a doc, in their order. */
function shownIn(doc: string): [name: string, text: string][] {
  const listings = [...read(doc).matchAll(/^```js\n(.*?)^```/gms)].map(([, text]) => text)
  return listings.filter((text) => text.includes('midge.')).map((text, index) => [`${doc}, ${index + 1}`, text])
}

const PROGRAMS: [name: string, text: string][] = [
  ...inFolder('boards/hub', '.js').map((file): [string, string] => [file, read(file)]),
  [UTF8, Buffer.from(UTF8_HUB).toString('latin1')],
  ...['README.md', ...inFolder('docs', '.md')].flatMap(shownIn),
]

it('has a play for every program, and none for another', () => {
  expect(PROGRAMS.map(([name]) => name).sort()).toEqual(Object.keys(PLAYS).sort())
})

describe.each(PROGRAMS)('%s', (name, hub) => {
  const { steps, seen, settings = {}, startIso } = PLAYS[name] ?? { steps: [], seen: [] }
  let beside: Record<string, string>
  beforeAll(async () => {
    beside = { 'midge.json': JSON.stringify(settings), ...await distExtensions(settings, true) }
  })

  it('does in the simulated board what it says', () => {
    expect(playSimulated(hub, programOf(steps, startIso), beside)).toEqual([...seen, 'end'])
  })

  it.skipIf(!ESPRUINO)('does the same in a real Espruino, which ESPRUINO names', async () => {
    expect(await playReal(hub, programOf(steps, startIso), beside)).toEqual([...seen, 'end'])
  })
})
