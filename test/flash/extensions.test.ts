// Extensions on their way to a board: chosen by its configuration, put beside the broker, renewed with it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXTENSIONS, EXTENSION_LIST, extensionFiles, extensionsAsked } from '../../src/flash'
import { STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { storageBuild, storageFiles } from '../../src/flash/storage_build'
import type { StorageFile } from '../../src/flash'
import { updatePlan } from '../../src/flash/update_plan'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const BROKER = bytes('print("broker")')
const NEW_BROKER = bytes('print("another broker")')
const OLD = new Map([['m.first', bytes('print(1)')], ['m.second', bytes('print(2)')]])
const NEW = new Map([['m.first', bytes('print("one")')], ['m.second', bytes('print("two")')]])
const HUB = { name: 'hub.js', data: bytes('print("hub")') }

const configuration = (text: string): StorageFile => ({ name: 'midge.json', data: bytes(text) })

/** Storage's files behind an update. */
function updated(before: Uint8Array): Record<string, string> {
  const storage = before.slice()
  for (const { address, data } of updatePlan(storage, NEW_BROKER, NEW).parts) storage.set(data, address - STORAGE_START)
  return Object.fromEntries(storageFiles(storage).map(({ name, data }) => [name, new TextDecoder().decode(data)]))
}

/** Storage as it is flashed with a configuration. */
function flashed(text: string, names = extensionsAsked(JSON.parse(text) as Record<string, unknown>, true)): Uint8Array {
  return storageBuild([configuration(text), HUB], BROKER, extensionFiles(names, OLD))
}

describe('an extension', () => {
  const own = { ...EXTENSIONS }
  beforeAll(() => {
    for (const name of Object.keys(EXTENSIONS)) delete EXTENSIONS[name]
    Object.assign(EXTENSIONS, { 'm.first': ['one', 'first'], 'm.second': ['two'] })
  })
  afterAll(() => {
    for (const name of Object.keys(EXTENSIONS)) delete EXTENSIONS[name]
    Object.assign(EXTENSIONS, own)
  })

  it('is put onto a board where one of its keys is there, with a list of what there is', () => {
    const files = storageFiles(flashed('{"first":false}'))
    expect(files.map(({ name }) => name)).toEqual(['hub.js', 'midge.json', 'm.first', EXTENSION_LIST, '.bootcde'])
    expect(new TextDecoder().decode(files[3].data)).toBe('{"m.first":["one","first"]}')
  })

  it('takes nothing of a board that does not ask for it', () => {
    expect(storageFiles(flashed('{"port":1}')).map(({ name }) => name)).toEqual(['hub.js', 'midge.json', '.bootcde'])
  })

  it('is renewed with the broker, and is none of the files that are the owner\'s', () => {
    const before = flashed('{"two":1,"one":2}')
    expect(updatePlan(before, NEW_BROKER, NEW).kept).toEqual(['hub.js', 'midge.json'])
    expect(updated(before)).toEqual({
      'hub.js': 'print("hub")', 'midge.json': '{"two":1,"one":2}', 'm.first': 'print("one")',
      'm.second': 'print("two")', 'm.list': '{"m.first":["one","first"],"m.second":["two"]}',
      '.bootcde': 'print("another broker")',
    })
  })

  it('stays where a configuration was written on the board, in its own notation', () => {
    expect(Object.keys(updated(flashed('{two:1}', ['m.second']))))
      .toEqual(['hub.js', 'midge.json', 'm.second', 'm.list', '.bootcde'])
  })

  it('goes with the key that asked for it', () => {
    const before = flashed('{"port":1}', [])
    expect(Object.keys(updated(before))).toEqual(['hub.js', 'midge.json', '.bootcde'])
    expect(before.length).toBe(STORAGE_SIZE)
  })

  it('is missed where the broker comes without it', () => {
    expect(() => extensionFiles(['m.first'], new Map())).toThrow('m.first is missing beside the broker')
  })
})

it('m.hub is asked for by hub.js, and by what speaks to the broker', () => {
  const all = new Map(Object.keys(EXTENSIONS).map(name => [name, bytes('print(1)')]))
  const listOf = (settings: Record<string, unknown>, hasHub: boolean): unknown => {
    const list = extensionFiles(extensionsAsked(settings, hasHub), all).find(({ name }) => name === EXTENSION_LIST)
    return list && JSON.parse(new TextDecoder().decode(list.data))
  }
  expect(listOf({}, true)).toEqual({ 'm.hub': ['hub.js'] })
  expect(listOf({ rules: [] }, false)).toEqual({ 'm.hub': ['hub.js', 'rules'], 'm.rules': ['rules'] })
  expect(listOf({ mdns: true, bridge: [] }, false)).toEqual({ 'm.bridge': ['bridge'], 'm.name': ['mdns'] })
  expect(listOf({}, false)).toBe(undefined)
})

it('that takes programs over the air brings room for programs, and what chooses among them', () => {
  const all = new Map([['m.update', bytes('print(1)')], ['m.hub', bytes('print(2)')]])
  const files = extensionFiles(extensionsAsked({ update: ['anna'] }, false), all)
  const image = storageBuild([configuration('{"update":["anna"]}')], BROKER, files)
  const found = new Map(storageFiles(image).map(({ name, data }) => [name, data]))
  expect([...found.keys()].sort()).toEqual([
    '.bootcde', '.bootrst', 'm.hub', 'm.list', 'm.slots', 'm.update', 'midge.json',
  ])
  // Two slots on pages of their own, wherever the file begins; and nothing in them.
  const slots = found.get('m.slots')!
  expect(slots.length).toBeGreaterThanOrEqual(2 * 49_152 + 4_095)
  expect(slots.slice(0, -1).every((byte) => byte === 0xff)).toBe(true)
})

it('that opens an access point brings room for networks, which an update leaves as it is', () => {
  const all = new Map([['m.rescue', bytes('print(1)')]])
  const settings = '{"wifi_ap_password":"on the fridge"}'
  const files = extensionFiles(extensionsAsked(JSON.parse(settings) as Record<string, unknown>, false), all)
  const room = files.find(({ name }) => name === 'midge.wifi')!
  expect(room.data.length).toBe(33 * 128 + 1)
  expect(room.data.slice(0, -1).every((byte) => byte === 0xff)).toBe(true)
  room.data.set(bytes('chosen'), 128)
  const image = storageBuild([configuration(settings)], BROKER, files)
  const { parts } = updatePlan(image, BROKER, all)
  for (const { address, data } of parts) image.set(data, address - STORAGE_START)
  const rooms = storageFiles(image).filter(({ name }) => name === 'midge.wifi')
  expect(rooms.length).toBe(1)
  expect(Buffer.from(rooms[0].data.slice(128, 134)).toString()).toBe('chosen')
})
