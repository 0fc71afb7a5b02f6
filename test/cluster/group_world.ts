// Gateways as their groups see them, and the log that they read: without an engine, one step at a time.
import type { Published } from '../../src/port/node/cluster_seam'
import { type GroupGiver, Groups, type GroupsOwner } from '../../src/port/node/cluster/groups'
import type { Notice } from '../../src/port/node/cluster/log_entry'
import type { ReadEntry } from '../../src/port/node/cluster/log_reader'

export const FILTER = '$share/g/jobs'

const message = (payload: string): Published => ({
  clientIdentifier: '', packetIdentifier: 0, flags: 2, topicSize: 4, propertiesSize: 0, expiry: 0,
  bytes: Buffer.from(`jobs${payload}`),
})
const payloadOf = ({ bytes }: Published): string => Buffer.from(bytes).toString('utf8', 4)

/** A gateway: it reads the log when it is told to, and keeps what its members were given. */
export class Node implements GroupsOwner, GroupGiver {
  position = 0
  neededFrom = 0
  isGiving = false
  hasRoom = true
  isMember = false
  readonly given: string[] = []
  /** What it has to say, and did not write yet. */
  notices: Notice[] = []
  readonly groups = new Groups(this, this)
  /** Of each giving again, what this gateway has had at the least while it goes on. */
  settled: number[] = []
  /** Givings that go on: it reads nothing meanwhile. */
  private givings = 0
  /** They wait until they are let go. */
  held: Promise<void> = Promise.resolve()

  constructor (readonly node: string, private readonly log: Log) {}

  say (notice: Notice): void {
    this.notices.push(JSON.parse(JSON.stringify(notice)) as Notice)
  }

  get isBusy (): boolean {
    return this.givings > 0
  }

  async again (from: number, to: number, settled: number, look: (entry: ReadEntry) => Promise<void>): Promise<void> {
    this.settled.push(settled)
    this.givings++
    await this.held
    for (const entry of this.log.entries.slice(from, to - 1)) await look(entry)
    this.givings--
    this.settled.splice(this.settled.indexOf(settled), 1)
  }

  share (one: Published): boolean {
    if (this.hasRoom && this.groups.shares(FILTER) && this.isMember) this.given.push(payloadOf(one))
    return this.hasRoom
  }

  /** Reads so many entries, or until it gives members something of those before. */
  read (most = Infinity): void {
    for (let i = 0; i < most && !this.isBusy && this.position < this.log.entries.length; i++) {
      const { notice, seq, messages } = structuredClone(this.log.entries[this.position])
      if (notice?.kind === 'groups') this.groups.said(notice, seq)
      else if (notice?.kind === 'gone') this.groups.gone(notice.node, notice.heir, notice.position, seq)
      else if (notice && notice.node !== this.node) this.groups.sayAll()
      for (const [index, one] of messages.entries()) {
        this.groups.turnTo(seq + index)
        if (this.groups.shares(FILTER) && this.isMember) this.given.push(payloadOf(one))
      }
      this.position = seq
    }
  }

  /** It has members from now on, or its last one has gone. */
  member (isThere: boolean, isMoved = false): void {
    this.isMember = isThere
    this.isGiving = isMoved
    this.groups.filter(FILTER, isThere)
    this.isGiving = false
  }
}

export const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

export class Log {
  readonly entries: ReadEntry[] = []
  readonly nodes: Node[]

  constructor (names: string[]) {
    this.nodes = names.map(name => new Node(name, this))
    for (const { groups } of this.nodes) groups.begin(0)
  }

  add (notice: Notice | null, messages: Published[] = []): number {
    const seq = this.entries.length + 1
    this.entries.push({ seq, node: '', count: 0, writtenMs: 0, notice, messages })
    return seq
  }

  /** What gateways have to say is written. */
  write (...nodes: Node[]): void {
    for (const { notices } of nodes) for (const notice of notices.splice(0)) this.add(notice)
  }

  publish (...payloads: string[]): void {
    for (const payload of payloads) this.add(null, [message(payload)])
  }

  gone (node: string, heir: string, position: number): number {
    return this.add({ kind: 'gone', node, heir, position })
  }

  async read (...nodes: Node[]): Promise<void> {
    for (const node of nodes) node.read()
    await turn()
  }
}
