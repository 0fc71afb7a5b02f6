// What a gateway says of the entries that a group's consumer has given to it, and when.
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/port/node/cluster/engine'
import { Group } from '../../src/port/node/cluster/group'
import { HostedSession } from '../../src/port/node/cluster/hosted_session'
import { entryDecode, messagesEncode } from '../../src/port/node/cluster/log_entry'

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

const entryOf = (...topics: string[]): Uint8Array => messagesEncode('n1', 1, topics.map(topic => ({
  clientIdentifier: '', packetIdentifier: 0, flags: 2, topicSize: topic.length, propertiesSize: 0,
  bytes: Buffer.from(topic), expiry: 0,
})))

type Callback = (error: null, message: object) => void

/** A gateway with a group, and the engine as the group sees it. */
class Desk {
  /** What was said of entries, as `number answer`. */
  readonly said: string[] = []
  /** How many entries were asked for, each time. */
  readonly asked: number[] = []
  /** Entries that members were given, with the messages that are the group's. */
  readonly given: [number, number[]][] = []
  readonly taker = new HostedSession('member')
  hasRoom = true
  position = Infinity
  private readonly entries = new Map<number, Uint8Array>()
  private inbox: Callback = () => undefined
  private readonly readers: (() => void)[] = []
  readonly group: Group

  constructor () {
    const connection = {
      isClosed: () => false,
      subscribe: (subject: string, { callback }: { callback: Callback }) => {
        if (subject.startsWith('_INBOX')) this.inbox = callback
        return { unsubscribe: () => undefined }
      },
      publish: (subject: string, text: string) => {
        if (subject.startsWith('$JS.ACK')) this.said.push(`${subject.split('.')[5]} ${text}`)
        else this.asked.push((JSON.parse(text) as { batch: number }).batch)
      },
    }
    const engine = { connection, log: 'LOG', subject: 'midge.log' } as unknown as Engine
    this.group = new Group(engine, '$share/g/jobs/#', {
      entry: async seq => {
        if (seq > this.position) await new Promise<void>(resolve => this.readers.push(resolve))
        return this.entries.has(seq) ? entryDecode(this.entries.get(seq)!) : null
      },
      give: (_filter, seq, _entry, messages) => {
        if (!this.hasRoom) return null
        this.given.push([seq, messages])
        return new Set([this.taker])
      },
      make: async () => undefined,
    })
    this.group.open(0)
    this.group.begin()
  }

  /** The engine gives an entry to this gateway, for the first time or again. */
  async bring (seq: number, entry: Uint8Array | null = entryOf('jobs/1'), times = 1): Promise<void> {
    if (entry) this.entries.set(seq, entry)
    this.inbox(null, { reply: `$JS.ACK.LOG.group_x.${times}.${seq}.1.1.0` })
    await turn()
  }

  async read (): Promise<void> {
    this.position = Infinity
    for (const resolve of this.readers.splice(0)) resolve()
    await turn()
  }

  /** All that there is is written. */
  commit (): void {
    for (const { group, hand } of this.group.given) group.kept(hand)
  }
}

describe('an entry that a group\'s consumer has given to a gateway', () => {
  it('is acknowledged when what its members had is written, and not before', async () => {
    const desk = new Desk()
    const before = desk.group.given
    await desk.bring(7, entryOf('other', 'jobs/1', 'jobs'))
    expect(desk.given).toEqual([[7, [1, 2]]])
    // A writing that began before it came says nothing of it.
    for (const { group, hand } of before) group.kept(hand)
    expect(desk.said).toEqual([])
    desk.commit()
    expect(desk.said).toEqual(['7 +ACK'])
    desk.commit()
    expect(desk.said).toEqual(['7 +ACK'])
  })

  it('is acknowledged at once where nothing of it is the group\'s, or it is gone', async () => {
    const desk = new Desk()
    await desk.bring(7, entryOf('other', 'work/1'))
    await desk.bring(8, null)
    expect([desk.given, desk.said]).toEqual([[], ['7 +ACK', '8 +ACK']])
    expect(desk.group.openCount).toBe(0)
  })

  it('waits until the log was read so far, as another entry may say that it does not count', async () => {
    const desk = new Desk()
    desk.position = 6
    await desk.bring(7)
    expect(desk.given).toEqual([])
    await desk.read()
    expect(desk.given).toEqual([[7, [0]]])
  })

  it('is given once, however often it comes', async () => {
    const desk = new Desk()
    await desk.bring(7)
    await desk.bring(7, undefined, 2)
    desk.commit()
    await desk.bring(7, undefined, 3)
    expect(desk.given).toHaveLength(1)
    expect(desk.said).toEqual(['7 +ACK', '7 +ACK'])
  })

  it('is others\' where there is no room for it, and asked for one by one until there is', async () => {
    const desk = new Desk()
    desk.hasRoom = false
    await desk.bring(7)
    expect(desk.said).toEqual(['7 -NAK'])
    await expect.poll(() => desk.asked.at(-1)).toBe(1)
    desk.hasRoom = true
    await desk.bring(7, undefined, 2)
    await desk.bring(8)
    expect(desk.given).toHaveLength(2)
    expect(desk.asked.at(-1)).toBeGreaterThan(1)
  })

  it('is others\' where the last member goes before it was given, and its own where it was', async () => {
    const desk = new Desk()
    await desk.bring(7)
    desk.position = 7
    await desk.bring(8)
    desk.group.close()
    expect(desk.said).toEqual(['8 -NAK'])
    await desk.bring(9)
    expect(desk.said).toEqual(['8 -NAK', '9 -NAK'])
    expect(desk.group.isEmpty).toBe(false)
    desk.commit()
    expect(desk.said.at(-1)).toBe('7 +ACK')
    expect(desk.group.isEmpty).toBe(true)
  })

  it('is others\' where the session that had it was another gateway\'s by then', async () => {
    const desk = new Desk()
    await desk.bring(7)
    desk.taker.isLost = true
    desk.commit()
    expect(desk.said).toEqual(['7 -NAK'])
  })

  it('is nothing of a gateway that has been ended', async () => {
    const desk = new Desk()
    await desk.bring(7)
    const { given } = desk.group
    desk.group.forget()
    for (const { group, hand } of given) group.kept(hand)
    desk.group.look()
    expect(desk.said).toEqual([])
  })

  it('is said to be in hand while that takes long', async () => {
    const desk = new Desk()
    await desk.bring(7)
    desk.group.look()
    expect(desk.said).toEqual([])
    desk.group.look()
    expect(desk.said).toEqual(['7 +WPI'])
  })
})
