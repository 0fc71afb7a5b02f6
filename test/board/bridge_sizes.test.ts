// A topic may be longer on the other side of a board's bridge, and what comes in 3.1.1 has no properties there: what is
// within a broker's Maximum Packet Size on the one side is so on the other one, also where the Remaining Length needs a
// byte more there.
import { expect, test } from 'vitest'
import { connect, publish, subscribe } from '../support/client'
import { bridgedBoards } from './bridged_boards'
import { arrived, bridged } from './scripted_bridge'

/** Around the largest packets whose Remaining Length, 127 and 16,383, has one byte and two. [MQTT 5.0 section 1.5.5] */
const LIMITS = [128, 129, 130, 131, 132, 133, 134, 135, 16_385, 16_386, 16_387, 16_388, 16_389, 16_390]

/** Bytes of a PUBLISH of 5.0 at QoS 1. */
function packetSize(topic: string, payloadSize: number): number {
  const rest = 2 + topic.length + 2 + 1 + payloadSize
  return 1 + (rest < 128 ? 1 : rest < 16_384 ? 2 : 3) + rest
}

/** Payloads whose packets are around a limit on the side with the longer topic; and how large those within it are. */
function around(limit: number, topic: string): { sizes: number[], within: number[] } {
  const sizes = Array.from({ length: 12 }, (_, i) => limit - topic.length - 14 + i)
  return { sizes, within: sizes.filter((size) => packetSize(topic, size) <= limit) }
}

test('are kept to there', async () => {
  for (const limit of LIMITS) {
    const scripted = await bridged(['topic a/# out 1 "" longer/'])
    const { world, peers } = scripted
    peers[0].send(new Uint8Array([0x20, 8, 0, 0, 5, 0x27, 0, 0, limit >> 8, limit & 255]))
    await arrived(scripted)
    const sensor = await connect(world)
    const { sizes, within } = around(limit, 'longer/a/b')
    const found: number[] = []
    for (const size of sizes) {
      await publish(sensor, 'a/b', 'x'.repeat(size), { qos: 1 })
      for (const { payload, messageId } of await arrived(scripted)) {
        found.push(payload.length)
        peers[0].send(new Uint8Array([0x40, 2, Number(messageId) >> 8, Number(messageId) & 255]))
      }
    }
    expect([limit, found]).toEqual([limit, within])
  }
}, 60_000)

test.each(['mqttv50', 'mqttv311'])('are kept to here, in %s', async (version) => {
  for (const limit of LIMITS) {
    const boards = await bridgedBoards(['down/# in 1 longer/ ""'], {
      lines: [`bridge_protocol_version ${version}`], here: { max_packet_size: limit },
    })
    await boards.advance(3_000)
    const here = await connect(boards.here)
    await subscribe(here, [{ topic: 'longer/down/#', qos: 1 }])
    const caller = await connect(boards.there)
    const { sizes, within } = around(limit, 'longer/down/1')
    for (const size of sizes) {
      await publish(caller, 'down/1', 'x'.repeat(size), { qos: 1 })
      await boards.carry()
    }
    await boards.advance(1_000)
    const found = (await here.drain()).map(({ payload }) => payload.length)
    const ends = boards.here.driver.board.output.filter((line) => line.includes('next attempt'))
    expect([limit, found, ends]).toEqual([limit, within, []])
  }
}, 60_000)
