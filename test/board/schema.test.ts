// boards/midge.schema.json says of a midge.json what the board itself says.

import Ajv from 'ajv'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { distFresh, extensionsBeside } from '../../scripts/lib/dist.mjs'
import { extensionFiles, extensionsAsked } from '../../src/flash'
import { configurationProblem } from '../../src/flash/configuration'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { bundleText } from '../support/board_bundle'

interface Schema { properties: Record<string, { type: string }> }

const schema = JSON.parse(
  readFileSync(new URL('../../boards/midge.schema.json', import.meta.url), 'utf8')) as Schema
const isValid = new Ajv().compile(schema)
const VALUES: unknown[] = [null, true, '', 'x', 0, 1, -1, 15, 20, 1e9, 1e10, [], ['topic a'], {}, { a: 'b' }, { a: 1 },
  ...[7, 8, 32, 33, 63, 64].map((size) => 'x'.repeat(size))]
const LINES = [
  '', 'user', 'user anna', 'user anna maria', 'topic', 'topic a', 'topic a b', 'topic read a',
  'topic write a/+/b/#',
  'topic readwrite #', 'topic deny a', 'topic other a', 'topic read', 'topic a#', 'topic a/#/b', 'topic +a',
  'topic +/a', 'topic /', 'topic a//b', 'pattern %u/#', 'pattern read devices/%c/+', 'rule a', 'Topic a', 'topics a',
]

const KEPT = [
  '', 'always', 'always #', 'always a/+/b', 'never a b/#', 'never', 'seconds', 'seconds 30', 'seconds 30 #',
  'seconds a #', 'seconds -3 #', 'sometimes #', 'Always #', 'always a#', 'seconds 0 a',
]

const BRIDGE = [
  '', 'address', 'address 10.0.0.1', 'address host.lan:1884', 'topic', 'topic a', 'topic #', 'topic a/+/b/# both 2',
  'topic a out', 'topic a in 0', 'topic a in 3', 'topic a about', 'topic a out 1 here/', 'topic a out 1 "" there/',
  'topic a out 1 here/ ""', 'topic ""', 'topic "" out 1 a/b c/d', 'topic "" out 1 a/b', 'topic "" in 0 "" c/d',
  'topic a out 1 "" "" more', 'topic a# out', 'topic # out 1 a/+/ b/', 'topic # out 1 "" b#/',
  'remote_clientid attic', 'remote_clientid', 'remote_username a b', 'remote_password x', 'keepalive_interval 5',
  'keepalive_interval 4', 'keepalive_interval 600', 'keepalive_interval x', 'cleansession true', 'cleansession yes',
  'notifications false', 'notifications', 'connection x', 'Topic a', 'bridge_insecure true', 'bridge_insecure 1',
  'bridge_insecure', 'bridge_cafile /etc/ca.crt', 'bridge_protocol_version mqttv50', 'bridge_protocol_version mqttv31',
  'bridge_queue_policy oldest', 'bridge_queue_policy', 'bridge_queue_policy drop', 'bridge_queue_bytes 1000',
]

let extensions: ReadonlyMap<string, Uint8Array>
beforeAll(async () => { extensions = await extensionsBeside(await distFresh('esp32')) })

/** Whether a board with this file, and the extensions that it asks for, finds no fault in it. */
function isTaken(configuration: unknown): boolean {
  const asked = extensionsAsked(Object(configuration) as Record<string, unknown>, false)
  const beside = extensionFiles(asked, extensions).map(({ name, data }) => [name, data])
  const files = {
    '.bootcde': bundleText('esp32'), 'midge.json': JSON.stringify(configuration), ...Object.fromEntries(beside),
  }
  const driver = new VirtualDriver({ files })
  driver.start()
  driver.settle()
  return !driver.board.output.some((line) => line.startsWith('midge.json'))
}

describe('boards/midge.schema.json', () => {
  // A board has no room for what a name may be made of: whoever sends it a file asks the schema.
  // And names of update have to be users besides.
  const settings = Object.keys(schema.properties).filter((key) => !['hostname', 'update'].includes(key))
  it.each([...settings, 'unknown'])('agrees with the board on %s', (key) => {
    const differing = VALUES.filter((value) => isValid({ [key]: value }) !== isTaken({ [key]: value }))
    expect(differing).toEqual([])
  })

  it('agrees on the lines of an access list', () => {
    expect(LINES.filter((line) => isValid({ acl: [line] }) !== isTaken({ acl: [line] }))).toEqual([])
  })

  it('agrees on the lines of what is kept', () => {
    expect(KEPT.filter((line) => isValid({ persist: [line] }) !== isTaken({ persist: [line] }))).toEqual([])
  })

  it('agrees on the lines of a bridge', () => {
    expect(BRIDGE.filter((line) => isValid({ bridge: [line] }) !== isTaken({ bridge: [line] }))).toEqual([])
  })

  it('is what is asked before a file goes onto a board', () => {
    const pairs = [...Object.keys(schema.properties), 'unknown', '__proto__', 'constructor']
      .flatMap((key) => VALUES.map((value): [string, unknown] => [key, value]))
    const files = [...VALUES, ...LINES.map((line) => ({ acl: [line] })),
      ...BRIDGE.map((line) => ({ bridge: [line] })),
      ...pairs.map(([key, value]): unknown => Object.fromEntries([[key, value]]))]
    expect(files.filter((file) => isValid(file) !== (configurationProblem(file) === ''))).toEqual([])
  })

  it('takes the examples of rules of the docs', () => {
    const text = readFileSync(new URL('../../docs/home.md', import.meta.url), 'utf8')
    const examples = [...text.matchAll(/^```json\n(.*?)^```/gms)].map(([, example]) => example)
    const withRules = examples.filter((example) => example.includes('"rules"')).map((example) => JSON.parse(example))
    expect(withRules).toHaveLength(2)
    for (const example of withRules) {
      expect(isValid(example)).toBe(true)
      expect(configurationProblem(example)).toBe('')
    }
  })

  it('takes the example of the docs', () => {
    const [example] = /\{ "wifi_ssid".*\}/.exec(readFileSync(new URL('../../docs/home.md', import.meta.url), 'utf8'))!
    expect(isValid(JSON.parse(example))).toBe(true)
    expect(isTaken(JSON.parse(example))).toBe(true)
  })
})
