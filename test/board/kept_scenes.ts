// What changes behind the tables that a board keeps for its start, case by case.

import { deepStrictEqual } from 'node:assert'
import { FAILURE } from '../../src/codec/reason_code'
import { publish } from '../support/client'
import { tablesIn, tablesSpoiled } from '../support/kept_tables'
import type { Peer } from '../support/peer'
import { HOUR_MS, TablesCheck } from './kept_tables'
import { SESSION_SCENES } from './kept_sessions'
import { awaySession, Stage, type Scene } from './kept_stage'

/** Before the hour. */
const LATE_MS = 5_000
const LARGE_SIZE = 30_000
/** Of a large message that has come when the tables are kept. */
const FIRST_BYTES = 9_000

const large = (peer: Peer): Uint8Array => peer.encode({
  cmd: 'publish', topic: 'a/b', payload: 'x'.repeat(LARGE_SIZE), qos: 1, retain: true, dup: false, messageId: 5,
})

/** What waits for a client lies in memory, and ends with its session and the power: no record has it. */
const endingScene = (what: string, qos: 1 | 2, retain: boolean, persist?: string): Scene => ({
  name: `${what} waits for a session that ends with the power`,
  ...persist ? { persist } : {},
  before: async (stage) => {
    await stage.enter('hall', true)
    await stage.subscribe('hall', 'a', qos)
    await stage.enter('sender', true)
    await stage.publish('sender', 'a', 'once', qos, retain)
  },
  behind: stage => awaySession(stage, 'attic', 'door', 1),
})

export const SCENES: Scene[] = [
  ...SESSION_SCENES,
  endingScene('a message at QoS 1', 1, false),
  endingScene('a message at QoS 2', 2, false),
  endingScene('a retained value that is not written yet', 1, true, 'seconds 6000 #'),
  {
    name: 'a topic has none any more, whose message somebody still gets',
    before: async (stage) => {
      await awaySession(stage, 'hall', 'a', 1)
      await stage.enter('sender', true)
      await stage.publish('sender', 'a', 'kept', 1, true)
    },
    behind: stage => stage.publish('sender', 'a', '', 1, true),
  },
  {
    name: 'a topic has another message, and both wait for somebody',
    before: async (stage) => {
      await awaySession(stage, 'hall', 'a', 1)
      await stage.enter('sender', true)
      await stage.publish('sender', 'a', 'first', 1, true)
    },
    behind: stage => stage.publish('sender', 'a', 'second', 1, true),
  },
  {
    name: 'a message at QoS 2 was received, and is owed PUBREL, while another waits for it',
    before: async (stage) => {
      await awaySession(stage, 'hall', '#', 2)
      await awaySession(stage, 'attic', '#', 2)
      await stage.enter('sender', true)
      await stage.publish('sender', 'a', 'once', 2, false)
      await stage.publish('sender', 'door', 'other', 1, false)
    },
    behind: async (stage) => {
      const peer = await stage.enter('hall')
      const { messageId } = (await peer.drain()).find(packet => packet.cmd === 'publish' && packet.qos === 2)!
      await peer.send({ cmd: 'pubrec', messageId, reasonCode: 0 })
      await peer.drop()
    },
  },
  {
    name: 'a queue gets shorter and longer',
    before: async (stage) => {
      await awaySession(stage, 'hall', '#', 1)
      await stage.enter('sender', true)
      for (const payload of ['1', '2', '3', '4']) await stage.publish('sender', 'a/b', payload, 1, false)
    },
    behind: async (stage) => {
      const peer = await stage.enter('hall')
      const { messageId } = await peer.take('publish')
      await peer.send({ cmd: 'puback', messageId, reasonCode: 0 })
      await peer.drop()
      await stage.publish('sender', 'a/c', '5', 1, false)
    },
  },
  {
    name: 'an exchange at QoS 2 that was open is over, and another one open',
    before: async (stage) => {
      await stage.enter('hall')
      await stage.publish('hall', 'a', 'first', 2, false)
    },
    behind: async (stage) => {
      const peer = await stage.enter('hall')
      await peer.send({ cmd: 'pubrel', messageId: 1, reasonCode: 0 })
      await peer.send({ cmd: 'publish', topic: 'a', payload: 'x', qos: 2, retain: false, dup: false, messageId: 2 })
    },
  },
  {
    name: 'a large message has half come',
    endsTables: true,
    before: async (stage) => {
      await awaySession(stage, 'hall', '#', 1)
      const peer = await stage.enter('attic')
      await peer.send(large(peer).slice(0, FIRST_BYTES))
    },
    behind: async (stage) => {
      const peer = stage.of('attic')
      await peer.send(large(peer).slice(FIRST_BYTES))
      await peer.take('puback')
    },
  },
  {
    name: 'values wait to be written, of a topic that has a record and of one that has none',
    persist: 'seconds 60 #',
    before: async (stage) => {
      await stage.enter('sender', true)
      await stage.publish('sender', 'a', 'written', 0, true)
    },
    late: async (stage) => {
      await stage.publish('sender', 'a', 'waits', 0, true)
      await stage.publish('sender', 'a/b', 'waits too', 0, true)
    },
    behind: stage => stage.publish('sender', 'a/c', 'waits behind', 0, true),
  },
  {
    name: 'a topic is cleared whose value waits to be written',
    persist: 'seconds 60 #',
    before: async (stage) => {
      await stage.enter('sender', true)
      await stage.publish('sender', 'a', 'written', 0, true)
    },
    late: stage => stage.publish('sender', 'a', 'waits', 0, true),
    behind: stage => stage.publish('sender', 'a', '', 1, true),
  },
  {
    name: 'a large message was begun, and its sender is gone',
    before: async (stage) => {
      const peer = await stage.enter('attic')
      await peer.send(large(peer).slice(0, FIRST_BYTES))
    },
    behind: async (stage) => {
      await stage.of('attic').drop()
      await stage.enter('sender', true)
      await stage.publish('sender', 'a/b', 'small', 1, true)
    },
  },
  {
    name: 'a large message ends',
    before: async (stage) => {
      await awaySession(stage, 'hall', '#', 1)
      const peer = await stage.enter('attic')
      await peer.send(large(peer))
    },
    behind: stage => stage.publish('attic', 'a/b', '', 1, true),
  },
  {
    name: 'values are never written',
    persist: 'never a/#',
    before: async (stage) => {
      await stage.enter('sender', true)
      await stage.publish('sender', 'a/b', 'in memory', 0, true)
      await stage.publish('sender', 'door', 'written', 1, true)
    },
    behind: stage => stage.publish('sender', 'a/c', 'in memory too', 0, true),
  },
  {
    name: 'a retained message is on its way to who subscribes behind the tables',
    before: async (stage) => {
      await stage.enter('sender', true)
      await stage.publish('sender', 'a', 'kept', 1, true)
    },
    behind: async (stage) => {
      const peer = await stage.enter('hall')
      await stage.subscribe('hall', 'a', 1)
      await peer.drop()
    },
  },
]

/** What is left in flash by a scene on a board with a home besides. */
export async function playScene(scene: Scene, check: TablesCheck): Promise<Uint8Array> {
  const world = await check.begin(1)
  const stage = new Stage(world)
  await stage.enter('household')
  await stage.subscribe('household', 'b/c/d', 1)
  await stage.publish('household', 'b/c/d', 'stays', 1, true)
  await scene.before(stage)
  await world.advance(HOUR_MS - LATE_MS)
  await scene.late?.(stage)
  await world.advance(2 * LATE_MS)
  const flashKept = world.driver.board.flash.bytes.slice()
  deepStrictEqual(tablesIn(flashKept).length, 1, `tables are kept, ${scene.name}`)
  await check.askedTwice(flashKept, `before: ${scene.name}`)
  await scene.behind(stage)
  const flash = world.driver.board.flash.bytes.slice()
  await world.close()
  deepStrictEqual(tablesIn(flash).length, scene.endsTables ? 0 : 1, `tables are there, ${scene.name}`)
  return flash
}

/** How many messages can be queued for two sessions, one behind the other, on a board that starts from a flash. */
async function queueRoom(check: TablesCheck, flash: Uint8Array): Promise<number> {
  const world = await check.begin(1, flash)
  const stage = new Stage(world)
  let count = 0
  for (const name of ['filler', 'filler of the rest']) {
    await awaySession(stage, name, name, 1)
    const sender = await stage.enter('sender', true)
    while (await publish(sender, name, 'waits', { qos: 1 }) < FAILURE) count++
  }
  await world.close()
  return count
}

/** Plays a scene, and starts other boards from what is left. */
export async function checkScene(scene: Scene, bundle?: string): Promise<void> {
  const check = new TablesCheck(bundle, scene.persist)
  const flash = await playScene(scene, check)
  await check.askedTwice(flash, scene.name)
  const room = [await queueRoom(check, flash), await queueRoom(check, tablesSpoiled(flash))]
  deepStrictEqual(room[0], room[1], `rows of queues are lost, ${scene.name}`)
}
