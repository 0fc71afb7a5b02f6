// A board fits its tables to the variables that are free when its program begins: in the simulated board, and in the
// real interpreter, which ESPRUINO names.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ESPRUINO } from '../build/espruino'
import { BoardWorld } from '../support/board_world'
import { connect, connectWithConnack, publish, subscribe, unsubscribe } from '../support/client'
import { distExtensions } from '../support/extensions'

/** Variables that are left to a board at rest, of so many that were free: `npm run memory -- --free`. */
const LEFT: Record<number, number> = { 2_500: 430, 3_400: 860, 4_700: 1_480 }

const memoryOf = (free: number): object => ({ heapTotal: free, heapUsed: free - LEFT[free], heapFree: free })

/** A board with so many variables free, and the flash of the one before. */
const boardWith = (free: number, flash?: Uint8Array, files: Record<string, string> = {}): BoardWorld =>
  new BoardWorld('esp32', () => 0.5, files, {}, flash, undefined, memoryOf(free))

const said = (world: BoardWorld, word: string): string[] =>
  world.driver.board.output.filter((line) => line.startsWith(word))

/** What it says that it has room for: subscriptions, retained messages, queued ones. */
function roomOf(world: BoardWorld): number[] {
  const [line, ...others] = said(world, 'room for')
  expect(others).toEqual([])
  return [...line.matchAll(/\d+/g)].map(([number]) => Number(number))
}

const CLIENT = { version: 5, clean: false, properties: { sessionExpiryInterval: 0xffff_ffff } } as const
const left = (clientId: string) => ({ ...CLIENT, clientId })

/** Reason Codes of SUBSCRIBE packets with so many filters. */
async function subscribed(world: BoardWorld, clientId: string, count: number): Promise<number[]> {
  const client = await connect(world, left(clientId))
  const codes: number[] = []
  for (let i = 0; i < count; i += 50) {
    const filters = Array.from({ length: Math.min(50, count - i) }, (_, at) =>
      ({ topic: `${clientId}/${i + at}`, qos: 1 as const }))
    codes.push(...await subscribe(client, filters))
  }
  await client.drop()
  return codes
}

/** Reason Codes of so many retained messages. */
async function retained(world: BoardWorld, count: number): Promise<number[]> {
  const client = await connect(world, { version: 5 })
  const codes: number[] = []
  for (let i = 0; i < count; i++) {
    codes.push(await publish(client, `kept/${i}`, `${i}`, { qos: 1, retain: true }))
  }
  await client.drop()
  return codes
}

/** Topics of what is retained. */
async function keptTopics(world: BoardWorld): Promise<string[]> {
  const client = await connect(world, { version: 5 })
  await subscribe(client, 'kept/#')
  await world.advance(2_000)
  const topics = (await client.drain()).flatMap((packet) => packet.cmd === 'publish' ? [packet.topic] : [])
  await client.drop()
  return topics
}

const refusals = (codes: number[]): number => codes.filter((code) => code === 0x97).length

describe('a board fits itself to what is free', () => {
  it.each([[2_500, 40, 40, 24], [3_400, 520, 320, 140], [4_700, 1_000, 600, 256]])(
    'and serves a home with %i variables', async (free, subscriptions, messages, rows) => {
      const world = boardWith(free)
      expect(roomOf(world)).toEqual([subscriptions, messages, rows])
      expect(refusals(await subscribed(world, 'a', subscriptions))).toBe(0)
      expect(await subscribed(world, 'b', 1)).toEqual([0x97])
      expect(refusals(await retained(world, messages + 1))).toBe(1)
      // A place for who looks.
      await unsubscribe(await connect(world, left('a')), 'a/1')
      expect(await keptTopics(world)).toHaveLength(messages)
      // Half of the rows are one session's at the most.
      const sender = await connect(world, { version: 5 })
      for (let i = 0; i <= rows >> 1; i++) await publish(sender, 'a/0', `${i}`, { qos: 1 })
      const { peer, connack } = await connectWithConnack(world, left('a'))
      expect(connack).toMatchObject({ sessionPresent: true })
      const got: string[] = []
      for (let isBusy = true; isBusy;) {
        const packets = (await peer.drain()).flatMap((packet) => packet.cmd === 'publish' ? [packet] : [])
        got.push(...packets.map(({ payload }) => payload.toString()))
        for (const { messageId } of packets) await peer.send({ cmd: 'puback', messageId } as never)
        isBusy = packets.length > 0
      }
      expect(got).toEqual(Array.from({ length: rows >> 1 }, (_, i) => `${i}`))
      expect(world.driver.board.starts).toBe(1)
    })

  it('tells under $SYS what it has room for', async () => {
    const world = boardWith(2_500)
    const client = await connect(world, { version: 5 })
    await subscribe(client, '$SYS/broker/room/#')
    await world.advance(11_000)
    const found: Record<string, string> = {}
    for (const packet of await client.drain()) {
      if (packet.cmd === 'publish') found[packet.topic.slice('$SYS/broker/room/'.length)] = packet.payload.toString()
    }
    expect(found).toEqual({ 'subscriptions': '40', 'retained messages': '40', 'queued messages': '24' })
  })

  it('leaves to extensions, the owner\'s own code and settings what they take', async () => {
    const settings = { dashboard: 8080, users: { anna: 'right' } }
    const files = { ...await distExtensions(settings, false), 'midge.json': JSON.stringify(settings) }
    const [subscriptions] = roomOf(boardWith(4_700, undefined, files))
    // m.hub and m.page take 460 variables, and 890 with the page open.
    const expected = 40 + 960 * (4_700 - 1_100 - 2_500) / 1_800
    expect(Math.abs(subscriptions - expected)).toBeLessThan(100)
  })
})

describe('a board that starts with less than it kept with', () => {
  it('stays up, keeps what fits, and says what does not', async () => {
    const before = boardWith(4_700)
    expect(refusals(await subscribed(before, 'small', 30))).toBe(0)
    expect(refusals(await subscribed(before, 'large', 400))).toBe(0)
    expect(refusals(await retained(before, 300))).toBe(0)
    const sender = await connect(before, { version: 5 })
    for (let i = 0; i < 100; i++) await publish(sender, 'small/7', `${i}`, { qos: 1 })

    const world = boardWith(2_500, before.flash!.slice())
    expect(world.driver.board.starts).toBe(1)
    expect(roomOf(world)).toEqual([40, 40, 24])
    expect(said(world, 'no room for')).toEqual([
      'no room for 260 retained messages, which stay in flash, and 76 queued ones',
    ])
    // One whose subscriptions do not all fit is told that its session is gone.
    expect(said(world, 'session replaced')).toEqual(['session replaced: "large"'])
    expect((await connectWithConnack(world, left('large'))).connack).toMatchObject({ sessionPresent: false })
    expect(await keptTopics(world)).toHaveLength(40)
    const small = await connectWithConnack(world, left('small'))
    expect(small.connack).toMatchObject({ sessionPresent: true })
    const oldest = (await small.peer.drain()).flatMap((packet) => packet.cmd === 'publish' ? [packet] : [])
    expect(oldest.slice(0, 3).map(({ payload }) => payload.toString())).toEqual(['0', '1', '2'])
    await world.advance(60_000)
    expect(world.driver.board.starts).toBe(1)

    // With more again all retained messages are there.
    const after = boardWith(4_700, world.flash!.slice())
    expect(said(after, 'no room for')).toEqual([])
    expect(new Set(await keptTopics(after)).size).toBe(300)
  })

  it('has the newest of what was retained meanwhile when there is room again', async () => {
    const before = boardWith(4_700)
    await retained(before, 100)
    const world = boardWith(2_500, before.flash!.slice())
    const kept = new Set(await keptTopics(world))
    const lost = Array.from({ length: 100 }, (_, i) => `kept/${i}`).find((topic) => !kept.has(topic))!
    const client = await connect(world, { version: 5 })
    expect(await publish(client, lost, 'newer', { qos: 1, retain: true })).toBe(0x97)
    await publish(client, [...kept][0], '', { qos: 1, retain: true })
    expect(await publish(client, lost, 'newer', { qos: 1, retain: true })).toBe(0x10)
    const after = boardWith(4_700, world.flash!.slice())
    const reader = await connect(after, { version: 5 })
    await subscribe(reader, lost)
    expect((await reader.drain()).map((packet) => packet.cmd === 'publish' && packet.payload.toString()))
      .toContain('newer')
    expect(await keptTopics(after)).toHaveLength(99)
  })
})

describe.skipIf(!ESPRUINO)('in the real interpreter', () => {
  it.each([[2_500, 9], [3_400, 9], [4_300, 9]])('a board with %i variables serves its home', async (free, clients) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/memory.mjs', '--free', `${free}`])
    const row = (what: string): number => Number(RegExp(`${what} +([\\d,]+)`).exec(stdout)?.[1].replace(',', ''))
    expect(row('clients')).toBeGreaterThanOrEqual(clients)
    expect(row('room for subscriptions')).toBeGreaterThanOrEqual(free / 2 - 1_300)
  })
})
