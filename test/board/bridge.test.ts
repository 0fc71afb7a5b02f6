// A board's bridge to another broker, which is another board here; test/interop has mosquitto.
import { describe, expect, test } from 'vitest'
import { boardWorld } from '../support/board_world'
import { connect, publish, subscribe } from '../support/client'
import { BRIDGE_EXTENSION } from '../support/extensions'
import type { Peer } from '../support/peer'
import { BridgedBoards, bridgedBoards } from './bridged_boards'

/** More than until the second attempt. */
const CONNECTED_MS = 3_000

/** Bytes of flash that a reading of 20 bytes takes on a topic of 15, with all that is written of it: docs/home.md. */
const READING_SIZE = 109

/** What has come to a client, acknowledged at once. */
async function received(peer: Peer): Promise<unknown[]> {
  const found: unknown[] = []
  for (const packet of await peer.drain()) {
    if (packet.cmd === 'publish') {
      found.push([packet.topic, packet.payload.toString().slice(0, 20), packet.qos, packet.retain])
      if (packet.qos === 1) await peer.send({ cmd: 'puback', messageId: packet.messageId })
      if (packet.qos === 2) await peer.send({ cmd: 'pubrec', messageId: packet.messageId })
    } else if (packet.cmd === 'pubrel') await peer.send({ cmd: 'pubcomp', messageId: packet.messageId })
  }
  return found
}

async function listener(boards: BridgedBoards, side: 'here' | 'there', topic = '#'): Promise<Peer> {
  const peer = await connect(boards[side], { version: 4 })
  await subscribe(peer, [{ topic, qos: 2 }])
  return peer
}

async function say(boards: BridgedBoards, peer: Peer, topic: string, payload: string, qos: 0 | 1 | 2): Promise<void> {
  await publish(peer, topic, payload, { qos })
  await boards.carry()
}

const VERSIONS = ['mqttv50', 'mqttv311']

describe('a board with a bridge', () => {
  for (const there of ['esp32', 'esp32-without-store'] as const) {
    test.each(VERSIONS)(`carries both ways under other names at every QoS, to ${there} in %s`, async (version) => {
      const lines = [`bridge_protocol_version ${version}`]
      const boards = await bridgedBoards(['sensors/# out 2 "" attic/', 'commands/+ in 2 "" attic/'], { there, lines })
      await boards.advance(CONNECTED_MS)
      const [here, away] = [await listener(boards, 'here'), await listener(boards, 'there')]
      const [mine, theirs] = [await connect(boards.here, { version: 4 }), await connect(boards.there, { version: 4 })]
      for (const qos of [0, 1, 2] as const) {
        await say(boards, mine, `sensors/${qos}`, 'out', qos)
        await say(boards, theirs, `attic/commands/${qos}`, 'in', qos)
      }
      await say(boards, mine, 'private/x', 'stays', 1)
      await say(boards, theirs, 'attic/other/x', 'stays', 1)
      const there1 = await received(away)
      for (const qos of [0, 1, 2]) expect(there1).toContainEqual([`attic/sensors/${qos}`, 'out', qos, false])
      expect(there1.filter((one) => String(one).includes('private'))).toEqual([])
      const here1 = await received(here)
      for (const qos of [0, 1, 2]) expect(here1).toContainEqual([`commands/${qos}`, 'in', qos, false])
      expect(here1.filter((one) => String(one).includes('other'))).toEqual([])
    })
  }

  test('says so where the board takes none, and lets nothing wait for it', async () => {
    const files = { 'midge.json': JSON.stringify({ bridge: ['address 10.0.0.2:1883', 'topic a/# out 1'] }) }
    const { driver } = await boardWorld('esp32-without-store', {}, 7, { ...files, ...BRIDGE_EXTENSION })
    expect(driver.board.output).toContain('bridge: this board has none')
    expect(driver.board.output.filter((line) => line.startsWith('error') || line.startsWith('midge'))).toEqual([])
  })

  test.each(VERSIONS)('has nothing come back that goes both ways, in %s', async (version) => {
    const boards = await bridgedBoards(['shared/# both 2'], { lines: [`bridge_protocol_version ${version}`] })
    await boards.advance(CONNECTED_MS)
    const [here, away] = [await listener(boards, 'here', 'shared/#'), await listener(boards, 'there', 'shared/#')]
    await say(boards, await connect(boards.here, { version: 4 }), 'shared/a', 'from here', 1)
    await say(boards, await connect(boards.there, { version: 4 }), 'shared/b', 'from there', 2)
    await boards.advance(2_000)
    const both = [['shared/a', 'from here', 1, false], ['shared/b', 'from there', 2, false]]
    expect(await received(here)).toEqual(both)
    expect(await received(away)).toEqual(both)
  })

  test.each(VERSIONS)('keeps RETAIN flags, in %s', async (version) => {
    const boards = await bridgedBoards(['state/# out 1'], { lines: [`bridge_protocol_version ${version}`] })
    await boards.advance(CONNECTED_MS)
    await publish(await connect(boards.here, { version: 4 }), 'state/lamp', 'on', { qos: 1, retain: true })
    await boards.carry()
    const late = await listener(boards, 'there', 'state/#')
    expect(await received(late)).toEqual([['state/lamp', 'on', 1, true]])
  })

  test('keeps what is for the other broker while that is away, through a power cut of its own, in order', async () => {
    const boards = await bridgedBoards(['sensors/# out 2'])
    await boards.advance(CONNECTED_MS)
    await boards.cut()
    const sensor = await connect(boards.here, { version: 4 })
    for (let i = 0; i < 5; i++) await publish(sensor, 'sensors/1', `before ${i}`, { qos: 1 })
    for (let i = 0; i < 5; i++) await publish(sensor, 'sensors/1', `then ${i}`, { qos: 2 })
    await boards.powerCut()
    const away = await listener(boards, 'there')
    boards.isReachable = true
    await boards.advance(40_000)
    const all = [0, 1, 2, 3, 4]
    expect(await received(away)).toEqual([...all.map((i) => ['sensors/1', `before ${i}`, 1, false]),
      ...all.map((i) => ['sensors/1', `then ${i}`, 2, false])])
  })

  test('keeps what is published before it has ever been connected, in order, and nothing retained twice', async () => {
    const boards = new BridgedBoards(['sensors/# out 1'])
    boards.isReachable = false
    await boards.start()
    const sensor = await connect(boards.here, { version: 4 })
    await publish(sensor, 'sensors/1', 'retained', { qos: 1, retain: true })
    for (let i = 0; i < 5; i++) await publish(sensor, 'sensors/1', `reading ${i}`, { qos: 1 })
    const away = await listener(boards, 'there', 'sensors/#')
    await boards.powerCut()
    await boards.advance(20_000)
    boards.isReachable = true
    await boards.advance(40_000)
    const texts = (await received(away)).map((one) => (one as string[])[1])
    expect(texts.slice(0, 6)).toEqual(['retained', ...Array.from({ length: 5 }, (_, i) => `reading ${i}`)])
    // And once as the bridge's subscription is made, as with each connection.
    expect(texts.slice(6)).toEqual(['retained'])
  })

  test.each(['oldest', 'latest'])('lets go of what its policy says when its queue is full: %s', async (policy) => {
    const boards = await bridgedBoards(['sensors/# out 1'], {
      lines: [`bridge_queue_policy ${policy}`], here: { max_queued_messages: 4 },
    })
    await boards.advance(CONNECTED_MS)
    await boards.cut()
    const sensor = await connect(boards.here)
    const listener = await connect(boards.here)
    await subscribe(listener, '$SYS/broker/connection/attic/+')
    const codes: number[] = []
    for (let i = 0; i < 4; i++) codes.push(await publish(sensor, 'sensors/a', `a${i}`, { qos: 1 }))
    for (let i = 0; i < 4; i++) codes.push(await publish(sensor, `sensors/b${i}`, `b${i}`, { qos: 1 }))
    expect(codes).toEqual(Array(8).fill(0))
    await boards.advance(11_000)
    const told = new Map((await listener.drain()).map(({ topic, payload }) =>
      [topic.split('/').pop(), String(payload)]))
    expect(Object.fromEntries(told)).toMatchObject({
      state: '0', kept: '4', sent: '0', dropped: '4', oldest: expect.stringMatching(/^([1-9]|1[01])$/),
    })
    await boards.powerCut()
    const away = await connect(boards.there, { version: 4 })
    await subscribe(away, [{ topic: '#', qos: 2 }])
    boards.isReachable = true
    await boards.advance(40_000)
    expect((await received(away)).map((one) => (one as string[])[1])).toEqual(['b0', 'b1', 'b2', 'b3'])
  })

  test('lets a topic have one message that waits with latest, and says how it is', async () => {
    const boards = await bridgedBoards(['sensors/# out 1'], { lines: ['bridge_queue_policy latest'] })
    const look = await connect(boards.here)
    await subscribe(look, '$SYS/broker/connection/attic/state')
    await boards.advance(CONNECTED_MS)
    expect((await look.drain()).map(({ payload }) => String(payload)).at(-1)).toBe('1')
    await boards.cut()
    const sensor = await connect(boards.here)
    for (let i = 0; i < 9; i++) await publish(sensor, `sensors/${i % 3}`, `${i}`, { qos: 1 })
    await boards.advance(2_000)
    expect((await look.drain()).map(({ payload }) => String(payload))).toEqual(['0'])
    const away = await listener(boards, 'there', 'sensors/#')
    boards.isReachable = true
    await boards.advance(40_000)
    expect((await received(away)).map((one) => (one as string[])[1])).toEqual(['6', '7', '8'])
    const counts = await connect(boards.here)
    await subscribe(counts, '$SYS/broker/connection/attic/sent')
    await boards.advance(11_000)
    expect((await counts.drain()).map(({ payload }) => String(payload)).at(-1)).toBe('3')
  })

  test('keeps as many messages as a queue, refuses and counts what is more, and goes on later', async () => {
    const boards = await bridgedBoards(['sensors/# out 1'])
    await boards.advance(CONNECTED_MS)
    await boards.cut()
    const sensor = await connect(boards.here)
    const full = await connect(boards.here)
    await subscribe(full, '$SYS/broker/full/queue')
    const codes: number[] = []
    const most = boards.here.board.QUEUE_MAX
    for (let i = 0; i < most + 6; i++) codes.push(await publish(sensor, 'sensors/1', `reading ${i}`, { qos: 1 }))
    expect(codes).toEqual(Array.from({ length: most + 6 }, (_, i) => i < most ? 0 : 0x97))
    await boards.advance(20_000)
    const counts = (await full.drain()).map(({ payload }) => payload.toString())
    expect(counts.at(-1)).toBe('6')
    const away = await listener(boards, 'there')
    boards.isReachable = true
    await boards.advance(40_000)
    const texts: string[] = []
    for (let more = await received(away); more.length; more = await received(away)) {
      texts.push(...more.map((one) => (one as string[])[1]))
      await boards.carry()
    }
    expect(texts).toEqual(Array.from({ length: most }, (_, i) => `reading ${i}`))
  })

  test('writes 109 bytes to its flash for a reading that waits', async () => {
    const boards = await bridgedBoards(['sensors/# out 1'])
    await boards.advance(CONNECTED_MS)
    await boards.cut()
    const sensor = await connect(boards.here)
    let written = 0
    boards.here.driver.board.flash.changed = (_address, bytes) => { written += bytes.length }
    for (let i = 0; i < 64; i++) await publish(sensor, 'sensors/kitchen', '21.5 C, 45 %, 1013 h', { qos: 1 })
    expect(Math.round(written / 64)).toBe(READING_SIZE)
  })

  test('carries messages that are larger than a ring, whatever the pieces', async () => {
    for (const piece of [1, 7, 1_460]) {
      const boards = await bridgedBoards(['big/# both 1'], { piece })
      await boards.advance(CONNECTED_MS)
      const [here, away] = [await listener(boards, 'here', 'big/#'), await listener(boards, 'there', 'big/#')]
      const large = 'x'.repeat(piece === 1 ? 900 : 30_000)
      await say(boards, await connect(boards.here, { version: 4 }), 'big/out', large, 1)
      await say(boards, await connect(boards.there, { version: 4 }), 'big/in', large, 1)
      await boards.advance(30_000)
      expect((await received(away)).length).toBe(2)
      expect((await received(here)).length).toBe(2)
    }
  }, 60_000)

  test('comes with a name and a password, and tries again more and more seldom where it is refused', async () => {
    const users = { users: { attic: 'secret12' } }
    const lines = ['remote_username attic', 'remote_password wrong123']
    const boards = await bridgedBoards(['a/#'], { settingsThere: users, lines })
    await boards.advance(20_000)
    const said = boards.here.driver.board.output.filter((line) => line.startsWith('bridge'))
    expect(said.slice(0, 3)).toEqual([1, 2, 4].map((s) => `bridge: refused with 0x86, next attempt in ${s} s`))
    const right = await bridgedBoards(['a/#'], { settingsThere: users, lines: [lines[0], 'remote_password secret12'] })
    await right.advance(CONNECTED_MS)
    expect(right.here.driver.board.output).toContain('bridge: connected to 10.0.0.2:1883')
  })

  test('lets go of a broker that does not answer', async () => {
    const boards = await bridgedBoards(['a/#'], { lines: ['keepalive_interval 5'] })
    await boards.advance(CONNECTED_MS)
    boards.isSilent = true
    await boards.advance(12_000)
    expect(boards.here.driver.board.output.filter((line) => line.startsWith('bridge')).at(1)).toMatch(/silent/)
  })

  test('is nobody else\'s name, and may do everything', async () => {
    const here = { users: { anna: 'anna1234' }, acl: ['user anna', 'topic own/#'] }
    const boards = await bridgedBoards(['own/# out 1'], { here })
    await boards.advance(CONNECTED_MS)
    const anna = { version: 4 as const, username: 'anna', password: 'anna1234' }
    await expect(connect(boards.here, { ...anna, clientId: 'midge-bridge' })).rejects.toThrow(/refused: 5/)
    const away = await listener(boards, 'there', 'own/#')
    await say(boards, await connect(boards.here, anna), 'own/x', 'hello', 1)
    expect(await received(away)).toEqual([['own/x', 'hello', 1, false]])
  })
})
