// Who is sent what waited: whoever is here now, by the rights of now, whoever the session was of when it was queued.
import { describe, expect, it } from 'vitest'
import { connect, connectWithConnack, publish, receivePublish, subscribe, type ConnectOptions } from '../support/client'
import { memoryWorld, type MemoryWorld } from '../support/memory_world'
import { capacityOf } from '../simulation/audit'
import type { Peer, Version } from '../support/peer'
import {
  ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_PATTERN, RULE_USER,
} from '../../src/broker/access/access_kind'

const READ = ACCESS_READ | ACCESS_SUBSCRIBE
const ANNA = { username: 'anna', password: 'a' }
const BEN = { username: 'ben', password: 'b' }

const house = (name: 'host' | 'test'): Promise<MemoryWorld> => memoryWorld(name, {
  users: { anna: 'a', ben: 'b' },
  rules: [
    { kind: RULE_USER, name: 'anna', access: READ | ACCESS_WRITE, filter: '#' },
    { kind: RULE_USER, name: 'ben', access: READ, filter: 'open/#' },
  ],
})

const CASES = (['host', 'test'] as const).flatMap((name) => ([4, 5] as Version[]).map((version) => ({ name, version })))

describe.each(CASES)('the rights of who receives ($name, version $version)', ({ name, version }) => {
  const phone: ConnectOptions = {
    version, clientId: 'phone', clean: false,
    ...version === 5 ? { properties: { sessionExpiryInterval: 3600 } } : {},
  }

  /** Anna's phone subscribes to everything; who takes it next finds the session. */
  async function handOver(world: MemoryWorld): Promise<Peer> {
    const { peer, connack } = await connectWithConnack(world, { ...phone, ...BEN })
    expect(connack.sessionPresent).toBe(true)
    return peer
  }

  it('what was queued for another user is not sent', async () => {
    const world = await house(name)
    const annas = await connect(world, { ...phone, ...ANNA })
    await subscribe(annas, { topic: '#', qos: 2 })
    await annas.drop()
    const publisher = await connect(world, { ...ANNA, clientId: 'publisher' })
    await publish(publisher, 'private/one', 'x', { qos: 1 })
    await publish(publisher, 'open/one', 'y', { qos: 1 })
    await publish(publisher, 'private/two', 'z', { qos: 2 })
    const bens = await handOver(world)
    expect((await receivePublish(bens)).topic).toBe('open/one')
    expect(await bens.drain()).toEqual([])
  })

  it('what was in flight to another user is not sent again, and its Packet Identifier is free', async () => {
    const world = await house(name)
    const annas = await connect(world, { ...phone, ...ANNA })
    await subscribe(annas, { topic: '#', qos: 1 })
    const publisher = await connect(world, { ...ANNA, clientId: 'publisher' })
    await publish(publisher, 'private/one', 'x', { qos: 1 })
    await annas.receive('publish')
    await annas.drop()
    const bens = await handOver(world)
    expect(await bens.drain()).toEqual([])
    for (let i = 0; i < world.board.INFLIGHT_MAX + 2; i++) {
      await publish(publisher, 'open/one', `${i}`, { qos: 1 })
      expect(String((await receivePublish(bens)).payload)).toBe(`${i}`)
    }
  })
})

it('a rule that is not taken takes nothing of the pool', async () => {
  const world = await memoryWorld('test')
  for (let i = 0; i < world.board.POOL_BLOCKS_MAX; i++) {
    expect(world.core.accessRuleAdd(RULE_PATTERN, '', ACCESS_READ, 'a#')).toBeFalsy()
  }
  expect(await capacityOf(world)).toBe(await capacityOf(await memoryWorld('test')))
})
