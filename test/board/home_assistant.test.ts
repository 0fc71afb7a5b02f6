// The extension m.ha on a board: what midge.device takes, and what it does not.
import { describe, expect, it } from 'vitest'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { bundleText } from '../support/board_bundle'
import { distExtensions } from '../support/extensions'

async function boardWith(hub: string, settings: Record<string, unknown> = { homeassistant: false }): Promise<string[]> {
  const driver = new VirtualDriver({ files: {
    '.bootcde': bundleText('esp32'), 'midge.json': JSON.stringify(settings), 'hub.js': hub,
    ...await distExtensions(settings, true),
  } })
  driver.start()
  driver.advance(1_000)
  return driver.board.output.filter((line) => /^(SEEN|error|midge)/.test(line))
}

const LISTEN = 'midge.subscribe("#", function (topic, payload) { print("SEEN " + topic + " " + payload) });\n'

describe('a board with Home Assistant', () => {
  it('announces nothing with false', async () => {
    expect(await boardWith(`${LISTEN}print("SEEN " + typeof midge.device)`)).toEqual(['SEEN function'])
  })

  it('has no midge.device without its key', async () => {
    expect(await boardWith('print("SEEN " + typeof midge.device)', {})).toEqual(['SEEN undefined'])
  })

  it('takes another prefix', async () => {
    const seen = await boardWith(LISTEN, { homeassistant: 'home/ha' })
    expect(seen[0]).toMatch(/^SEEN home\/ha\/device\/midge_000002\/config \{"dev"/)
    expect(seen[1]).toBe('SEEN midge/midge_000002/availability online')
  })

  it.each([
    ['no id', '{}', 'id must be letters, digits, _ and -: undefined'],
    ['an id that is no level of a topic', '{ id: "a/b" }', 'id must be letters, digits, _ and -: a/b'],
    ['a component that is none', '{ id: "a", components: { "b c": { platform: "sensor" } } }',
      'a component must be letters, digits, _ and -: b c'],
    ['no platform', '{ id: "a", components: { b: {} } }', 'b has no platform, as \'switch\' or \'sensor\''],
  ])('throws a sentence for %s', async (_, given, sentence) => {
    const [line] = await boardWith(`midge.device(${given})`)
    expect(line).toContain(`Error: midge.device: ${sentence}`)
  })

  it('throws a sentence for a state of what there is not', async () => {
    const [line] = await boardWith('midge.device({ id: "a" }).set("length", 1)')
    expect(line).toContain('Error: midge.device: a has no component length')
  })

  it('does not take for done what a command has refused', async () => {
    const hub = `midge.device({ id: "a", components: { lock: { platform: "switch", command: function (value) {
      print("SEEN asked for " + value)
      return value === "ON"
    } } } })
    midge.subscribe("midge/a/lock/state", function (topic, payload) { print("SEEN " + payload) })
    midge.publish("midge/a/lock/set", "OFF")
    midge.publish("midge/a/lock/set", "ON")
    midge.publish("midge/a/other/set", "ON")`
    expect(await boardWith(hub)).toEqual(['SEEN asked for OFF', 'SEEN asked for ON', 'SEEN ON'])
  })
})
