// Asks a group's consumer for entries again and again, a few at a time, while this gateway has members of the group.
import { randomBytes } from 'node:crypto'
import type { Subscription } from '@nats-io/transport-node'
import type { GroupConsumer } from './group_consumer'

/** Entries that are asked for; the fewer, the better other gateways share. */
const ASK_MAX = 16
/** Milliseconds that the engine has for them, and as long as it has said nothing: it may not know the consumer yet. */
const ASK_MS = 3_000
const FIRST_MS = 250
/** Milliseconds that it may be late, and until who had no room asks again. */
const LATE_MS = 500
const PAUSE_MS = 250
/** What the engine says when it has nothing more for what was asked. */
const OVER = [404, 408]

export interface PullOwner {
  come(seq: number, reply: string): void
  /** The consumer may be gone: ends when it is there again. */
  again(): Promise<void>
}

/** The entry's number is in the subject by which it is acknowledged: see parseInfo of the engine's package. */
function numberOf(reply: string): number {
  const levels = reply.split('.')
  return Number(levels[levels.length < 11 ? 5 : 7])
}

export class GroupPull {
  private isOpen = false
  private subscription: Subscription | null = null
  private presence: Subscription | undefined
  private inbox = ''
  /** Of what was asked for last; what is said of what was asked before does not count. */
  private count = 0
  private left = 0
  private most = ASK_MAX
  /** It has said something since a consumer was there. */
  private isHeard = false
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly consumer: GroupConsumer, private readonly owner: PullOwner) {}

  begin(): void {
    this.isOpen = true
    this.isHeard = false
    this.most = ASK_MAX
    this.connected()
  }

  /** There is a connection anew. */
  connected(): void {
    const { connection } = this.consumer.engine
    this.letGo()
    if (!this.isOpen || !connection) return
    const inbox = this.inbox = `_INBOX.${randomBytes(9).toString('hex')}`
    this.subscription = connection.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error) return
        const { reply, headers } = message
        this.isHeard = true
        if (reply) this.came(numberOf(reply), reply)
        else if (headers?.code) this.told(headers.code, message.subject === `${inbox}.${this.count}`)
      },
    })
    this.presence = connection.subscribe(this.consumer.memberSubject, {
      callback: (_error, message) => void message.respond(),
    })
    this.ask()
  }

  private ask(): void {
    clearTimeout(this.timer)
    if (!this.isOpen) return
    this.left = this.most
    const ms = this.isHeard ? ASK_MS : FIRST_MS
    this.consumer.ask(this.left, ms, `${this.inbox}.${++this.count}`)
    this.timer = setTimeout(() => this.lost(), ms + LATE_MS).unref()
  }

  private came(seq: number, reply: string): void {
    this.owner.come(seq, reply)
    if (--this.left === 0) this.ask()
  }

  private told(code: number, isLast: boolean): void {
    if (!isLast) return
    if (OVER.includes(code)) this.ask()
    else this.later(() => this.lost())
  }

  private later(work: () => void): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(work, PAUSE_MS).unref()
  }

  private lost(): void {
    this.isHeard = false
    void this.owner.again().then(() => this.ask(), () => this.later(() => this.lost()))
  }

  /** There was no room for what has come: one entry at a time, after a while. */
  pause(): void {
    this.most = 1
    // Whatever was asked for and comes nevertheless is given back.
    this.count++
    this.left = Infinity
    this.later(() => this.ask())
  }

  /** There is room. */
  goOn(): void {
    this.most = ASK_MAX
  }

  end(): void {
    this.isOpen = false
    clearTimeout(this.timer)
    this.letGo()
  }

  /** What was asked for and is on its way is yet to come. */
  private letGo(): void {
    const { subscription } = this
    this.presence?.unsubscribe()
    if (subscription) setTimeout(() => subscription.unsubscribe(), ASK_MS).unref()
    this.subscription = null
  }
}
