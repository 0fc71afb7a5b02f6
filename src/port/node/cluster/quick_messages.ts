// Messages at QoS 0 between gateways: each is a message of the engine on a subject made of its topic, and each gateway
// has the subscriptions of its clients, so that the engine carries a message only to where somebody wants it.
// Subscriptions that overlap bring it more than once; each sender counts.
import type { Subscription } from '@nats-io/transport-node'
import type { Published } from '../cluster_seam'
import { Lately } from '../lately'
import type { Engine } from './engine'
import { sharedFilter } from './group'
import { entryDecode, messagesEncode, topicOf } from './log_entry'
import { NODES_MAX } from './leases'
import { LONG_SUBJECT, filterSubjects, topicSubject } from './subject'

const COUNT_SIZE = 6

export const quickSubject = (prefix: string, subject: string): string => `${prefix}.q0.${subject}`

/** Which of its sender's it is 6; the message, as an entry has it. */
export function quickDecode(bytes: Uint8Array): { node: string, count: number, message: Published } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const { node, messages: [message] } = entryDecode(view.subarray(COUNT_SIZE))
  return { node, count: view.readUIntBE(0, COUNT_SIZE), message }
}

export class QuickMessages {
  private readonly wanted = new Map<string, number>()
  private readonly open = new Map<string, Subscription>()
  /** Of each gateway the last one that came. */
  private readonly counts = new Lately<string, number>(NODES_MAX)
  private count = Date.now()

  constructor(
    private readonly engine: Engine, private readonly prefix: string, private readonly node: () => string,
    private readonly take: (message: Published) => void,
  ) {}

  /** A Topic Filter has its first subscription here, or its last one is over. */
  filter(filter: string, isWanted: boolean): void {
    if (sharedFilter(filter) !== null) return
    for (const subject of filterSubjects(filter)) {
      const count = (this.wanted.get(subject) ?? 0) + (isWanted ? 1 : -1)
      if (count) this.wanted.set(subject, count)
      else this.wanted.delete(subject)
      if (count === 1 && isWanted) this.subscribe(subject)
      else if (!count) this.unsubscribe(subject)
    }
  }

  private subscribe(subject: string): void {
    const { connection } = this.engine
    if (!connection) return
    this.open.set(subject, connection.subscribe(quickSubject(this.prefix, subject), {
      callback: (error, { data }) => { if (!error) this.come(data) },
    }))
  }

  private unsubscribe(subject: string): void {
    this.open.get(subject)?.unsubscribe()
    this.open.delete(subject)
  }

  /** There is a connection anew. */
  connected(): void {
    this.open.clear()
    this.subscribe(LONG_SUBJECT)
    for (const subject of this.wanted.keys()) this.subscribe(subject)
  }

  private come(bytes: Uint8Array): void {
    const { node, count, message } = quickDecode(bytes)
    if (count <= (this.counts.get(node) ?? 0)) return
    this.counts.set(node, count)
    this.take(message)
  }

  /** A message of a client here, which those that are here are given at once. Answers whether the engine has it. */
  publish(message: Published): boolean {
    const { connection } = this.engine
    this.count++
    if (!connection || connection.isClosed()) return false
    const count = Buffer.alloc(COUNT_SIZE)
    count.writeUIntBE(this.count, 0, COUNT_SIZE)
    const subject = quickSubject(this.prefix, topicSubject(topicOf(message)))
    connection.publish(subject, Buffer.concat([count, messagesEncode(this.node(), 0, [message])]))
    return true
  }
}
