// No acknowledgement leaves before what was done until then is on the disk; what cannot be kept is not acknowledged.
import { afterEach, describe, expect, it } from 'vitest'
import type { StoreState } from '../../../src/port/node/records/kept_records'
import { connect, connectWithConnack, publish, publishStart, subscribe } from '../../support/client'
import { tcp } from '../carriers'
import { ScratchStore } from '../scratch_store'
import { type SocketWorld, socketWorld } from '../socket_world'

const QUOTA_EXCEEDED = 0x97
const RETRIED_MS = 1_100
const EXPIRY = { sessionExpiryInterval: 3_600 }

let world: SocketWorld
let store: ScratchStore
const told: StoreState[] = []

async function start (options = {}): Promise<void> {
  told.length = 0
  store = new ScratchStore({ ...options, told: state => told.push(state) })
  world = await socketWorld('a store', tcp, {}, store)
}

afterEach(() => world.close())

const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

describe('while a commit is under way', () => {
  it('no acknowledgement leaves, and nothing of QoS 2, and then everything in order', async () => {
    await start()
    const publisher = await connect(world)
    const subscriber = await connect(world, { clientId: 'kept', properties: EXPIRY })
    await subscribe(subscriber, { topic: '#', qos: 2 })
    store.hold()
    const ids = []
    for (let i = 0; i < 5; i++) ids.push(await publishStart(publisher, 'a', String(i), { qos: 2 }))
    await publishStart(publisher, 'a', '5', { qos: 0 })
    await publisher.send({ cmd: 'pingreq' })
    await publisher.silence()
    await subscriber.silence()
    store.release()
    for (const id of ids) expect((await publisher.receive('pubrec')).messageId).toBe(id)
    await publisher.receive('pingresp')
    for (let i = 0; i < 6; i++) expect((await subscriber.receive('publish')).payload.toString()).toBe(String(i))
  })

  it('a message at QoS 1 leaves, whose sender is told only when it is kept', async () => {
    await start()
    const publisher = await connect(world)
    const subscriber = await connect(world, { clientId: 'kept', properties: EXPIRY })
    await subscribe(subscriber, { topic: '#', qos: 1 })
    store.hold()
    const id = await publishStart(publisher, 'a', 'early', { qos: 1 })
    expect((await subscriber.receive('publish')).payload.toString()).toBe('early')
    await publisher.silence()
    store.release()
    expect((await publisher.receive('puback')).messageId).toBe(id)
  })

  it('who is told of nothing that is kept waits neither, and an answer of anybody does', async () => {
    await start()
    const [publisher, other] = [await connect(world), await connect(world)]
    store.hold()
    await publishStart(publisher, 'a', 'kept', { qos: 1, retain: true })
    await other.send({ cmd: 'pingreq' })
    await other.receive('pingresp')
    await other.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'b', qos: 0 }] })
    await other.silence()
    store.release()
    await other.receive('suback')
    await publisher.receive('puback')
  })

  it('a connection that ends takes its last bytes along', async () => {
    await start()
    const publisher = await connect(world)
    store.hold()
    const id = await publishStart(publisher, 'a', 'kept', { qos: 1, retain: true })
    await publisher.send([0xf0, 0x00, 0x00])
    expect(publisher.isClosed).toBe(false)
    store.release()
    expect((await publisher.receive('puback')).messageId).toBe(id)
    await publisher.receive('disconnect')
    await publisher.closed()
  })

  it('without sessions and retained messages nothing is written', async () => {
    await start()
    const [publisher, subscriber] = [await connect(world), await connect(world)]
    await subscribe(subscriber, { topic: 'a', qos: 2 })
    store.hold()
    for (const qos of [0, 1, 2] as const) await publishStart(publisher, 'a', String(qos), { qos })
    await publisher.receive('puback')
    await publisher.receive('pubrec')
    for (const qos of [0, 1, 2]) expect((await subscriber.receive('publish')).qos).toBe(qos)
    store.release()
  })
})

describe('a commit that fails', () => {
  it('is not acknowledged: who waited is cut off, and finds everything when it can be written again', async () => {
    await start()
    const publisher = await connect(world)
    const kept = await connect(world, { clientId: 'kept', properties: EXPIRY })
    const bystander = await connect(world)
    await subscribe(kept, { topic: '#', qos: 1 })
    store.isFailing = true
    await publishStart(publisher, 'a', 'never acknowledged', { qos: 1 })
    await publisher.closed()
    expect((await kept.receive('publish')).payload.toString()).toBe('never acknowledged')
    expect(told).toEqual(['failed'])
    expect(kept.isClosed).toBe(false)
    await kept.drop()
    expect(bystander.isClosed).toBe(false)
    store.isFailing = false
    await wait(RETRIED_MS)
    const again = await connectWithConnack(world, { clientId: 'kept', clean: false, properties: EXPIRY })
    expect(again.connack.sessionPresent).toBe(true)
    expect((await again.peer.receive('publish')).payload.toString()).toBe('never acknowledged')
    await bystander.send({ cmd: 'pingreq' })
    await bystander.receive('pingresp')
    expect(told).toEqual(['failed', 'good'])
  })
})

describe('a store without room', () => {
  it('refuses QoS 1 and 2 with 0x97, and goes on by itself when there is room', async () => {
    await start({ sizeMax: 3_000 })
    const publisher = await connect(world)
    const kept = await connect(world, { clientId: 'kept', properties: EXPIRY })
    await subscribe(kept, { topic: '#', qos: 1 })
    const codes: number[] = []
    for (let i = 0; i < 6; i++) {
      await publishStart(publisher, 'a', 'x'.repeat(800), { qos: 1 })
      codes.push((await publisher.receive('puback')).reasonCode)
    }
    expect(codes.slice(0, 3)).toEqual([0, 0, 0])
    expect(codes.slice(3)).toEqual([QUOTA_EXCEEDED, QUOTA_EXCEEDED, QUOTA_EXCEEDED])
    await publish(publisher, 'a', 'without a promise', { qos: 0 })
    for (let i = 0; i < 3; i++) {
      await kept.send({ cmd: 'puback', messageId: (await kept.receive('publish')).messageId })
    }
    await publish(publisher, 'a', 'there is room', { qos: 1 })
    expect(told).toEqual(['full', 'good'])
  })
})
