// Much comes at once to a board whose store is well filled: who sends it waits while room is made, and is not refused.
import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'vitest'
import { boardWorld, type BoardWorld } from '../support/board_world'
import { connect } from '../support/client'
import type { Peer } from '../support/peer'

/** Of Zigbee2MQTT's discovery, bytes; all together are three fifths of the store. */
const SIZE = 1_250
const TOPICS = 280
/** Its list of devices. */
const LIST_SIZE = 60_000
const SECOND_MS = 1_000

const topicOf = (index: number): string => `homeassistant/sensor/device_${index}/config`
const valueOf = (index: number, round: number): string => `{"n":${round},"i":${index}}`.padEnd(SIZE, 'discovery')
const listOf = (round: number): string => `[{"n":${round}}]`.padEnd(LIST_SIZE, '{"ieee_address":"0x00158d"}')

const erases = ({ driver }: BoardWorld): number => driver.board.flash.eraseCounts.reduce((sum, count) => sum + count, 0)

/** Everything that Zigbee2MQTT retains, without waiting for an answer; answers its connection. */
async function tell (board: BoardWorld, round: number): Promise<Peer> {
  const sender = await connect(board, { version: 4 })
  await sender.send({
    cmd: 'publish', topic: 'zigbee2mqtt/bridge/devices', payload: listOf(round), qos: 0, retain: true, dup: false,
  })
  for (let index = 0; index < TOPICS; index++) {
    await publish(sender, index, round)
  }
  return sender
}

async function publish (sender: Peer, index: number, round: number): Promise<void> {
  await sender.send({
    cmd: 'publish', topic: topicOf(index), payload: valueOf(index, round), qos: 1, retain: true, dup: false,
    messageId: index + 1,
  })
}

/** What a board retains. */
async function retained (board: BoardWorld): Promise<Map<string, string>> {
  const reader = await connect(board, { version: 5 })
  await reader.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] })
  const found = new Map<string, string>()
  for (let quiet = 0; quiet < 5; quiet++) {
    await board.advance(SECOND_MS)
    for (const { cmd, topic, payload } of await reader.drain()) {
      if (cmd !== 'publish') continue
      found.set(topic, payload.toString())
      quiet = 0
    }
  }
  await reader.drop()
  return found
}

test('a burst at QoS 1, and a long list, to a store with no room that is clean: all of it is taken', async () => {
  const board = await boardWorld('esp32')
  // Between two rounds there is no time to clean anything.
  for (let round = 1; round < 6; round++) {
    const sender = await tell(board, round)
    const answers = await sender.drain()
    ok(!sender.isClosed, `the connection was closed in round ${round}, behind ${answers.length}`)
    deepEqual(answers.map(({ cmd, messageId }) => [cmd, messageId]),
      Array.from({ length: TOPICS }, (_, index) => ['puback', index + 1]))
    await sender.drop()
    const found = await retained(board)
    equal(found.get('zigbee2mqtt/bridge/devices'), listOf(round))
    for (let index = 0; index < TOPICS; index++) equal(found.get(topicOf(index)), valueOf(index, round))
    equal(found.size, TOPICS + 1)
  }
  await board.close()
})

test('as long as there is room, no sector is erased while somebody waits for an answer', async () => {
  const board = await boardWorld('esp32')
  const sender = await tell(board, 1)
  const before = erases(board)
  for (let index = 0; index < 20; index++) await publish(sender, index, 2)
  equal(erases(board), before)
  for (let second = 0; second < 60; second++) await board.advance(SECOND_MS)
  ok(erases(board) > before)
  await board.close()
})

test('a store that is full refuses more with 0x97, wears nothing out, and has room again', async () => {
  const board = await boardWorld('esp32')
  const sender = await connect(board, { version: 5 })
  let count = 0
  for (let code = 0; code < 0x80; count++) {
    await publish(sender, count, 1)
    code = (await sender.receive('puback')).reasonCode ?? 0
    if (code >= 0x80) equal(code, 0x97)
  }
  // Of 80 units each a sector has three, and some are cleaning's: 159 have no more than 468.
  ok(count > 440, `${count} fit`)
  const before = erases(board)
  for (let index = count; index < count + 50; index++) {
    await publish(sender, index, 1)
    equal((await sender.receive('puback')).reasonCode, 0x97)
  }
  ok(erases(board) - before < 20, `${erases(board) - before} erases`)
  for (let index = 0; index < 60; index++) {
    await sender.send({ cmd: 'publish', topic: topicOf(index), payload: '', qos: 0, retain: true, dup: false })
  }
  for (let second = 0; second < 60; second++) await board.advance(SECOND_MS)
  for (let index = 0; index < 50; index++) {
    await publish(sender, index, 2)
    ok(((await sender.receive('puback')).reasonCode ?? 0) < 0x80)
  }
  await board.close()
})
