// midge.state: values of hub.js that survive a power cut, in the simulated board with its flash, and in the real
// interpreter, which ESPRUINO names and which is killed.
import { describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/lib/free_port.mjs'
import { storageBuild } from '../../src/flash'
import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { ESPRUINO } from '../build/espruino'
import { BoardWorld } from '../support/board_world'
import { bundleText } from '../support/board_bundle'
import { connect, publish, subscribe } from '../support/client'
import { distExtensions } from '../support/extensions'
import { StorageEngine } from './storage_engine'

const SETTINGS = { state: true }
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

/** A board with this hub.js, and the flash of the one before. */
async function board(
  hub: string, flash?: Uint8Array, settings: Record<string, unknown> = SETTINGS,
): Promise<BoardWorld> {
  const files = { 'midge.json': JSON.stringify(settings), 'hub.js': hub, ...await distExtensions(settings, true) }
  return new BoardWorld('esp32', () => 0.5, files, {}, flash)
}

const said = (world: BoardWorld): string[] =>
  world.driver.board.output.filter((line) => /^(SEEN|error|midge)/.test(line)).map((line) => line.replace('SEEN ', ''))

/** Counts its starts. Each is another hub.js: one whose start did not last for a minute would wait. */
const counting = (start: number): string =>
  `print("SEEN start " + midge.state("starts", (midge.state("starts") || 0) + 1)) // ${start}`

/** Says when they have been written. */
const TELLING = 'midge.subscribe("$SYS/broker/state", function (topic, payload, details) {'
  + ' if (!details.retain) print("SEEN written") })'

describe('midge.state', () => {
  it('survives power cuts', async () => {
    let flash: Uint8Array | undefined
    for (let start = 1; start <= 3; start++) {
      const world = await board(counting(start), flash)
      await world.advance(100)
      expect(said(world)).toEqual([`start ${start}`])
      flash = world.flash!.slice()
    }
  })

  it('has values of every kind, and text beyond ASCII, under names that are words of the engine too', async () => {
    const hub = Buffer.from(`midge.state("on", [1, { a: "Küche" }]); midge.state("length", false)
      midge.state("gone", 1); midge.state("gone", null); midge.state("text", "21 °C")`).toString('latin1')
    const first = await board(hub)
    await first.advance(100)
    const show = 'print("SEEN " + JSON.stringify([midge.state("on"), midge.state("length"), midge.state("gone") === '
      + 'undefined, midge.state("text") === "21 °C"]))'
    const second = await board(Buffer.from(show).toString('latin1'), first.flash!.slice())
    expect(said(second)).toEqual([expect.stringMatching(/^\[\[1,\{"a":"K.+che"\}\],false,true,true\]$/)])
  })

  it('writes what changes in one go once, and then once in five seconds, and nothing that is the same', async () => {
    const world = await board('setInterval(function () { for (var i = 0; i < 9; i++) midge.state("n", i) }, 100)\n'
      + 'var m = 0; setInterval(function () { midge.state("m", ++m % 100) }, 100)')
    const writes: number[] = []
    const { flash } = world.driver.board
    let passedMs = 0
    flash.changed = () => { if (writes.at(-1) !== passedMs) writes.push(passedMs) }
    for (; passedMs < 30_000; passedMs += 500) await world.advance(500)
    expect(writes.length).toBeGreaterThan(4)
    expect(writes.length).toBeLessThanOrEqual(7)
    const still = await board('setInterval(function () { midge.state("n", 5) }, 100)', flash.bytes.slice())
    await still.advance(10_000)
    let count = 0
    still.driver.board.flash.changed = () => { count++ }
    await still.advance(40_000)
    // Behind a minute hub.ran notes that hub.js has lasted for it.
    expect(count).toBe(0)
  })

  it('is whole, old or new, wherever the power goes while it is written', async () => {
    const before = await board('midge.state("a", "old"); midge.state("b", "old")')
    await before.advance(100)
    const flash = before.flash!.slice()
    const hub = 'midge.subscribe("go", function () { midge.state("a", "new"); midge.state("b", "new") })'
    const outcomes = new Set<string>()
    for (let operations = 0; ; operations++) {
      const world = await board(hub, flash)
      const client = await connect(world, { version: 4 })
      const { flash: memory } = world.driver.board
      memory.operationsLeft = operations
      let isCut = false
      try {
        await publish(client, 'go', '')
        await world.advance(200)
      } catch {
        isCut = true
      }
      isCut ||= memory.operationsLeft === 0
      const after = await board('print("SEEN " + midge.state("a") + " " + midge.state("b"))', memory.bytes.slice())
      outcomes.add(said(after).join())
      if (!isCut) break
    }
    expect([...outcomes].sort()).toEqual(['new new', 'old old'])
  })

  it('is written before a restart that Home Assistant has asked for', async () => {
    const settings = { ...SETTINGS, homeassistant: true }
    const hub = 'midge.state("first", 1)\n'
      + 'midge.subscribe("go", function () { midge.state("late", 2); print("SEEN late") })'
    const world = await board(hub, undefined, settings)
    await world.advance(1_000)
    const client = await connect(world, { version: 4 })
    await publish(client, 'go', '')
    await publish(client, 'midge/midge_000002/restart', 'PRESS')
    await world.advance(900)
    expect(said(world)).toContain('late')
    const after = await board('print("SEEN " + midge.state("late"))', world.flash!.slice())
    expect(said(after)).toEqual(['2'])
  })

  it('refuses what is too large, and what cannot be kept, with a sentence, and keeps what it had', async () => {
    const world = await board(`midge.state("a", 1)
      var big = ""; while (big.length < 1100) big += "0123456789"
      function t (f) { try { f() } catch (e) { print("SEEN " + e.message) } }
      t(function () { midge.state("a", big) }); t(function () { midge.state("a", print) })
      t(function () { midge.state(5) })
      print("SEEN " + midge.state("a"))`)
    expect(said(world)).toEqual([
      'midge.state: no room for a: all values together have 1024 bytes, and would have 1110',
      'midge.state: a is a function, which cannot be kept', 'midge.state: no name: 5', '1',
    ])
  })

  it('waits in memory while the store is full', async () => {
    const world = await board('midge.subscribe("go", function () { midge.state("a", 1) })')
    const client = await connect(world, { version: 4 })
    for (let i = 0; i < world.board.RETAINED_MAX; i++) {
      await publish(client, `kept/${i}`, 'x', { qos: 1, retain: true })
    }
    await publish(client, 'go', '')
    await world.advance(20_000)
    const sentence = 'midge.state: the board\'s store has no room; until it has, a power cut would lose what is new'
    expect(said(world)).toEqual([sentence])
    await publish(client, 'kept/0', '', { qos: 1, retain: true })
    await world.advance(6_000)
    expect(said(await board('print("SEEN " + midge.state("a"))', world.flash!.slice()))).toEqual(['1'])
  })

  it('is nobody else\'s to write, and is not among what # has', async () => {
    const first = await board('midge.state("door", "shut")', undefined, { ...SETTINGS, users: { eve: 'evil' } })
    await first.advance(100)
    const eve = await connect(first, { username: 'eve', password: 'evil' })
    await subscribe(eve, '#')
    await publish(eve, '$SYS/broker/state', '[["door","open"]]', { qos: 1, retain: true })
    await first.advance(1_000)
    expect((await eve.drain()).filter(({ cmd }) => cmd === 'publish')).toEqual([])
    expect(said(await board('print("SEEN " + midge.state("door"))', first.flash!.slice()))).toEqual(['shut'])
  })

  it('holds behind access lists too', async () => {
    const settings = { ...SETTINGS, users: { anna: 'right' }, acl: ['user anna', 'topic home/#'] }
    const first = await board(counting(1), undefined, settings)
    await first.advance(100)
    expect(said(await board(counting(2), first.flash!.slice(), settings))).toEqual(['start 2'])
  })

  it('is not there without its key, and says what is wrong with it', async () => {
    expect(said(await board('print("SEEN " + typeof midge.state)', undefined, {}))).toEqual(['undefined'])
    expect(said(await board('print("SEEN " + typeof midge.state)', undefined, { state: 5 })))
      .toEqual(['midge.json: state must be true or false', 'undefined'])
  })

  it('says where a board keeps nothing', async () => {
    const files = {
      '.bootcde': bundleText('esp32-without-store'), 'midge.json': JSON.stringify(SETTINGS), 'hub.js': counting(1),
      ...await distExtensions(SETTINGS, true),
    }
    const driver = new VirtualDriver({ files })
    driver.start()
    expect(driver.board.output).toContain('midge.state: this board keeps nothing: its values end with the power')
  })

  it.skipIf(!ESPRUINO)('survives the end of the real interpreter (ESPRUINO)', async () => {
    const port = await freePort()
    const files = Object.entries({
      'midge.json': JSON.stringify({ ...SETTINGS, port }), 'hub.js': `${TELLING}\n${counting(0)}`,
      ...await distExtensions(SETTINGS, true),
    }).map(([name, data]) => ({ name, data: latin1(data) }))
    const engine = new StorageEngine(storageBuild(files, latin1(bundleText('esp32'))))
    try {
      for (let start = 1; start <= 3; start++) {
        engine.start('require("Storage").erase("hub.ran");')
        await engine.until(`SEEN start ${start}`)
        await engine.until('SEEN written')
        await engine.cut()
      }
    } finally {
      engine.end()
    }
  })
})
