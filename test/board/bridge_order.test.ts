// A board's bridge where this broker has no room for a message: none behind it overtakes it, also where answers
// wait for the end of a large message that goes there; and who looks whether there is a bridge hears nothing of that.
import { expect, test } from 'vitest'
import { connect, publish, subscribe } from '../support/client'
import { arrived, bridged, packetsOf, type Scripted } from './scripted_bridge'

/** Sizes of what is on its way in front of it: with a network that holds 1,000 bytes, nearly all that may wait. */
const SMALL = [1_900, 1_000]
const LARGE = 'x'.repeat(15_000)
const VERSIONS = [['mqttv50', 5], ['mqttv311', 4]] as const

/** A CONNACK; of a session that goes on. */
const connack = (version: 4 | 5, isPresent: boolean): Uint8Array =>
  new Uint8Array(version > 4 ? [0x20, 3, +isPresent, 0, 0] : [0x20, 2, +isPresent, 0])

/** PUBLISH of a text on down/1. */
function message(version: 4 | 5, qos: 1 | 2, identifier: number, text: string): Uint8Array {
  const body = Buffer.concat([Buffer.from([0, 6]), Buffer.from('down/1'),
    Buffer.from(version > 4 ? [0, identifier, 0] : [0, identifier]), Buffer.from(text)])
  const size = body.length < 128 ? [body.length] : [body.length & 127 | 128, body.length >> 7]
  return Buffer.concat([Buffer.from([0x30 | qos << 1, ...size]), body])
}

/** Fills the board's flash; answers what empties it. */
async function fill({ world }: Scripted): Promise<() => Promise<void>> {
  const sensor = await connect(world)
  const fillers: string[] = []
  for (const size of [100_000, 20_000, 3_000, 200, 8]) {
    while (await publish(sensor, `fill/${fillers.length}`, 'x'.repeat(size), { qos: 1, retain: true }) < 0x80) {
      fillers.push(`fill/${fillers.length}`)
    }
  }
  return async () => {
    for (const filler of fillers) await publish(sensor, filler, '', { qos: 1, retain: true })
  }
}

for (const qos of [1, 2] as const) {
  test.each(VERSIONS)(`keeps the order at QoS ${qos} behind a large message, in %s`, async (level, version) => {
    const scripted = await bridged(['topic up/# out 1', 'topic down/# in 2', `bridge_protocol_version ${level}`])
    const { world, peers } = scripted
    const away = await connect(world, { version: 4, clientId: 'away', clean: false })
    await subscribe(away, [{ topic: 'down/#', qos: 2 }])
    await away.send({ cmd: 'disconnect' })
    peers[0].send(connack(version, false))
    await arrived(scripted, version)
    peers[0].reading = false
    peers[0].bufferSize = 1_000
    // Of the large one goes no more than the beginning of what in 3.1.1 does not go on.
    const sensor = await connect(world)
    for (const size of SMALL) await publish(sensor, 'up/1', 'x'.repeat(size), { qos: 1 })
    await publish(sensor, 'up/1', LARGE, { qos: 1, properties: { userProperties: { note: 'x'.repeat(300) } } })
    const empty = await fill(scripted)
    peers[0].send(message(version, qos, 1, 'first'))
    await world.advance(1)
    await empty()
    await world.advance(5_000)
    peers[0].send(message(version, qos, 2, 'second'))
    await world.advance(5_000)
    // What goes there is not broken off, and neither of the two is answered.
    peers[0].reading = true
    expect((await arrived(scripted, version)).map(({ cmd, payload }) => [cmd, payload?.length]))
      .toEqual([...SMALL, LARGE.length].map((size) => ['publish', size]))
    await world.advance(3_000)
    expect(peers).toHaveLength(2)
    peers[1].take()
    peers[1].send(connack(version, true))
    peers[1].send(message(version, qos, 1, 'first'))
    peers[1].send(message(version, qos, 2, 'second'))
    const answers = (await arrived(scripted, version)).filter(({ cmd }) => cmd === (qos > 1 ? 'pubrec' : 'puback'))
    expect(answers.map(({ messageId }) => messageId)).toEqual([1, 2])
    const client = await connect(world, { version: 4, clientId: 'away', clean: false })
    expect((await client.drain()).map(({ payload }) => String(payload))).toEqual(['first', 'second'])
  }, 60_000)
}

for (const qos of [1, 2] as const) {
  test(`what is refused otherwise behind a large message has its answer, and holds up nothing, at QoS ${qos}`,
    async () => {
      const scripted = await bridged(['topic up/# out 1', 'topic down/# in 2'])
      const { world, peers } = scripted
      const listener = await connect(world, { version: 4 })
      await subscribe(listener, [{ topic: 'down/#', qos: 2 }])
      peers[0].send(connack(5, false))
      await arrived(scripted)
      peers[0].reading = false
      peers[0].bufferSize = 1_000
      const sensor = await connect(world)
      for (const size of SMALL) await publish(sensor, 'up/1', 'x'.repeat(size), { qos: 1 })
      await publish(sensor, 'up/1', LARGE, { qos: 1 })
      // Its payload is said to be text, and is none.
      peers[0].send(new Uint8Array([0x30 | qos << 1, 14, 0, 6, ...Buffer.from('down/1'), 0, 1, 2, 1, 1, 0xff]))
      peers[0].send(message(5, qos, 2, 'good'))
      await world.advance(10_000)
      expect((await listener.drain()).map(({ payload }) => String(payload))).toEqual(['good'])
      peers[0].reading = true
      const answers = (await arrived(scripted)).filter(({ cmd }) => cmd !== 'publish')
      expect(answers.map(({ messageId, reasonCode }) => [messageId, reasonCode])).toEqual([[1, 0x99], [2, 0]])
      await world.advance(10_000)
      expect(peers).toHaveLength(1)
    })
}

test.each(VERSIONS)('does not say that there is no bridge where it asks again, in %s', async (level, version) => {
  const scripted = await bridged(['topic down/# in 1', 'notifications true', `bridge_protocol_version ${level}`])
  const { world, peers } = scripted
  const away = await connect(world, { version: 4, clientId: 'away', clean: false })
  await subscribe(away, [{ topic: 'down/#', qos: 1 }])
  await away.send({ cmd: 'disconnect' })
  await fill(scripted)
  const look = await connect(world, { version: 4 })
  await subscribe(look, '$SYS/broker/connection/attic/state')
  for (let attempt = 0; attempt < 3; attempt++) {
    const [{ will, clean }] = packetsOf(peers[attempt].take(), version)
    // Who comes again meanwhile has no Will published. [MQTT-3.1.3-9]
    expect([clean, will!.properties?.willDelayInterval]).toEqual([false, version > 4 ? 5 : undefined])
    peers[attempt].send(connack(version, attempt > 0))
    peers[attempt].send(message(version, 1, 1, LARGE))
    await world.advance(1)
    for (let s = 0; peers.length === attempt + 1 && s < 20; s++) await world.advance(1_000)
    expect(peers).toHaveLength(attempt + 2)
    // A DISCONNECT would take the Will away, and the state would be wrong where it does not come again.
    const said = packetsOf(peers[attempt].take(), version)
    expect(said.map(({ cmd }) => cmd)).toEqual(attempt ? ['publish'] : ['subscribe', 'publish'])
  }
  expect((await look.drain()).map(({ payload }) => String(payload))).toEqual(['0', '1'])
  await world.advance(3_000)
  expect((await look.drain()).map(({ payload }) => String(payload))).toEqual(['0'])
})
