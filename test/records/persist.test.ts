// How soon a retained message is written, on a board: what is acknowledged at once, else the last value of a minute, or
// as its owner has said.

import { describe, expect, it } from 'vitest'
import { MemoryRecords } from '../support/memory_records'
import { memoryWorld, type MemoryWorld } from '../support/memory_world'
import type { Peer } from '../support/peer'

/** Seconds after which what waits has been written: three turns, and the one that had begun. */
const WRITTEN_S = 64

class Home {
  records = new MemoryRecords(() => 0)
  world!: MemoryWorld
  peer!: Peer

  async start (rules: Record<string, number> = {}): Promise<this> {
    this.world = await memoryWorld('esp32', {}, 1, this.records)
    for (const [filter, seconds] of Object.entries(rules)) {
      expect(this.world.core.persistRuleAdd(filter, seconds)).toBeTruthy()
    }
    this.peer = await this.world.open(5)
    await this.peer.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId: 'a', clean: true, keepalive: 0,
    })
    await this.peer.receive('connack')
    return this
  }

  async publish (topic: string, payload: string, qos: 0 | 1 = 0): Promise<void> {
    await this.peer.send({ cmd: 'publish', topic, payload, qos, retain: true, dup: false, messageId: 1 })
    if (qos) await this.peer.receive('puback')
  }

  /** The payloads under a filter, of this broker. */
  async values (filter: string): Promise<string[]> {
    await this.peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 0 }] })
    await this.peer.receive('suback')
    const found = (await this.peer.drain()).map(({ payload }) => payload.toString())
    await this.peer.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: [filter] })
    await this.peer.receive('unsuback')
    return found
  }

  /** What another broker would find if the power went now. */
  async valuesKept (filter: string): Promise<string[]> {
    const other = new Home()
    other.records = this.records.after(this.records.changes)
    return (await other.start()).values(filter)
  }

  wait (seconds: number): Promise<unknown> {
    return this.world.advance(seconds * 1_000)
  }
}

describe('a retained message on a board', () => {
  it('at QoS 1 is kept when it is acknowledged, at QoS 0 within a minute', async () => {
    const home = await new Home().start()
    await home.publish('sure', '1', 1)
    await home.publish('soon', '1')
    expect(await home.valuesKept('#')).toEqual(['1'])
    expect(await home.valuesKept('soon')).toEqual([])
    expect(await home.values('soon')).toEqual(['1'])
    await home.wait(WRITTEN_S)
    expect(await home.valuesKept('soon')).toEqual(['1'])
  })

  it('that changes every second is written once in a minute, and the one before it stands until then', async () => {
    const home = await new Home().start()
    await home.publish('meter', 'first')
    await home.wait(WRITTEN_S)
    const before = home.records.all().length
    const { changes } = home.records
    for (let second = 0; second < 30; second++) {
      await home.publish('meter', `${second}`)
      await home.wait(1)
      expect(['first', `${second - 1}`, `${second}`]).toContain((await home.valuesKept('meter'))[0])
    }
    expect(await home.values('meter')).toEqual(['29'])
    // A new record and the end of the former one.
    expect(home.records.changes - changes).toBeLessThanOrEqual(2)
    await home.wait(WRITTEN_S)
    expect(await home.valuesKept('meter')).toEqual(['29'])
    expect(home.records.all()).toHaveLength(before)
  })

  it('that changes again and again is written all the same: what is kept is never older than a minute', async () => {
    const home = await new Home().start()
    const every = 30
    for (let second = 0; second < 600; second += every) {
      await home.publish('meter', `${second}`)
      const [kept] = await home.valuesKept('meter')
      if (second > WRITTEN_S + every) expect(second - Number(kept)).toBeLessThanOrEqual(WRITTEN_S + every)
      await home.wait(every)
    }
  })

  it('that is deleted while it waits is deleted for good, with what was kept before', async () => {
    const home = await new Home().start()
    await home.publish('door', 'open', 1)
    await home.publish('door', 'shut')
    await home.publish('door', '')
    expect(await home.valuesKept('door')).toEqual([])
    expect(home.records.count).toBe(0)
    await home.wait(WRITTEN_S)
    expect(home.records.count).toBe(0)
  })

  it('that is acknowledged takes the place of one that waits', async () => {
    const home = await new Home().start()
    await home.publish('door', 'open')
    await home.publish('door', 'shut', 1)
    expect(await home.valuesKept('door')).toEqual(['shut'])
    await home.wait(WRITTEN_S)
    expect(await home.valuesKept('door')).toEqual(['shut'])
    expect(home.records.count).toBe(1)
  })

  it('is written as its owner has said for its topic: at once, late, or never; the first rule counts', async () => {
    const home = await new Home().start({ 'now/#': 0, 'never/#': -1, 'late/+': 160, '#': -1 })
    for (const topic of ['now/a', 'never/a', 'late/a', 'other']) await home.publish(topic, topic, 1)
    expect(await home.valuesKept('#')).toEqual(['now/a'])
    await home.wait(100)
    expect(await home.valuesKept('#')).toEqual(['now/a'])
    await home.wait(100)
    expect((await home.valuesKept('#')).sort()).toEqual(['late/a', 'now/a'])
    expect((await home.values('#')).sort()).toEqual(['late/a', 'never/a', 'now/a', 'other'])
  })

  it('that is never kept ends what was kept of its topic before', async () => {
    const home = await new Home().start()
    await home.publish('a', 'old', 1)
    expect(home.world.core.persistRuleAdd('a', -1)).toBeTruthy()
    await home.publish('a', 'new', 1)
    expect(await home.values('a')).toEqual(['new'])
    expect(await home.valuesKept('a')).toEqual([])
  })

  it('waits longer where flash would not last', async () => {
    const home = await new Home().start()
    home.world.core.persistStretchSet(4)
    await home.publish('a', '1')
    await home.wait(150)
    expect(await home.valuesKept('a')).toEqual([])
    await home.wait(100)
    expect(await home.valuesKept('a')).toEqual(['1'])
  })

  it('is written as soon as there is room again', async () => {
    const home = await new Home().start()
    home.records.room = 0
    await home.publish('a', '1')
    await home.wait(WRITTEN_S)
    expect(await home.values('a')).toEqual(['1'])
    home.records.room = Infinity
    await home.wait(WRITTEN_S)
    expect(await home.valuesKept('a')).toEqual(['1'])
  })

  it('that many topics have is delivered and kept, however little of the pool there is', async () => {
    const home = await new Home().start()
    const payload = 'x'.repeat(100)
    for (let topic = 0; topic < 120; topic++) await home.publish(`many/${topic}`, payload)
    expect(await home.values('many/#')).toHaveLength(home.world.board.RETAINED_MAX < 120 ? 64 : 120)
    await home.wait(WRITTEN_S)
    expect(await home.valuesKept('many/#')).toEqual(await home.values('many/#'))
  })
})

describe('a session on a board', () => {
  it('that its client comes back to is written once, and again when it is another', async () => {
    const home = await new Home().start()
    const arrive = async (sessionExpiryInterval: number): Promise<void> => {
      const peer = await home.world.open(5)
      await peer.send({
        cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId: 'sensor', clean: false, keepalive: 0,
        properties: { sessionExpiryInterval },
      })
      await peer.receive('connack')
      await peer.drop()
    }
    await arrive(100)
    const { changes } = home.records
    for (let round = 0; round < 10; round++) await arrive(100)
    expect(home.records.changes).toBe(changes)
    await arrive(200)
    expect(home.records.changes).toBe(changes + 2)
    expect(home.records.count).toBe(1)
  })
})

describe('$SYS/broker/flash on a board', () => {
  it('says what was written and erased, and how long the flash lasts at this rate', async () => {
    const home = await new Home().start()
    await home.publish('a', '1', 1)
    await home.peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '$SYS/broker/flash/+', qos: 0 }] })
    await home.peer.receive('suback')
    await home.wait(20)
    const found = (await home.peer.drain()).map(({ topic, payload }) => [topic, payload.toString()])
    expect(Object.fromEntries(found)).toEqual({
      '$SYS/broker/flash/bytes written': `${home.records.changes}`, '$SYS/broker/flash/erases': '0',
      '$SYS/broker/flash/years left': '999',
    })
    expect(home.records.changes).toBeGreaterThan(0)
  })
})
