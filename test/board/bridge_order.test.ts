// A board's bridge owes acknowledgements while a large message is on its way to the other broker: what this broker has
// no room for is not overtaken by what comes behind it.
import { expect, test } from 'vitest'
import { connect, publish, subscribe } from '../support/client'
import type { AnyPacket } from '../support/peer'
import { bridged, packetsOf, type Scripted } from './scripted_bridge'

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
  return Buffer.concat([Buffer.from([0x30 | qos << 1, body.length]), body])
}

/** What comes there on the newest connection until nothing does. */
async function arrived({ world, peers }: Scripted, version: 4 | 5): Promise<AnyPacket[]> {
  const peer = peers.at(-1)!
  const pieces: Uint8Array[] = []
  for (let quiet = 0; quiet < 10; quiet++) {
    await world.advance(50)
    const piece = peer.take()
    if (piece.length) quiet = 0
    pieces.push(piece)
  }
  return packetsOf(Buffer.concat(pieces), version)
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
