// Messages at QoS 0 for shared subscriptions: a group is a queue of the engine's, by which it carries a message to one
// of the gateways with members. That may be the one that it comes from, which its own connection does not bring it to:
// see noEcho in engine.ts.
import type { NatsConnection, Subscription } from '@nats-io/transport-node'
import type { Published } from '../cluster_seam'
import type { Engine } from './engine'
import { sharedFilter } from './group'
import { groupName } from './group_consumer'
import { quickDecode, quickSubject } from './quick_messages'
import { LONG_SUBJECT, filterSubjects } from './subject'

export class QuickGroups {
  private readonly open = new Map<string, Subscription[]>()
  private readonly wanted = new Set<string>()
  private connection: Promise<NatsConnection> | null = null

  constructor(
    private readonly engine: Engine, private readonly prefix: string,
    private readonly take: (message: Published, filter: string) => void,
  ) {}

  /** A Topic Filter has its first subscription here, or its last one is over. */
  filter(filter: string, isWanted: boolean): void {
    if (sharedFilter(filter) === null) return
    if (isWanted) {
      this.wanted.add(filter)
      this.connection ??= this.engine.hear()
      void this.connection.then((connection) => this.subscribe(connection, filter), () => { this.connection = null })
    } else {
      this.wanted.delete(filter)
      for (const subscription of this.open.get(filter) ?? []) subscription.unsubscribe()
      this.open.delete(filter)
    }
  }

  private subscribe(connection: NatsConnection, filter: string): void {
    if (!this.wanted.has(filter) || this.open.has(filter)) return
    const subjects = [...filterSubjects(sharedFilter(filter)!), LONG_SUBJECT]
    this.open.set(filter, subjects.map((subject) => connection.subscribe(quickSubject(this.prefix, subject), {
      queue: groupName(filter),
      callback: (error, { data }) => { if (!error) this.take(quickDecode(data).message, filter) },
    })))
  }

  async stop(): Promise<void> {
    await (await this.connection?.catch(() => null))?.close()
  }
}
