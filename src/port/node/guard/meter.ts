// Counts what one client sends against its rates and those of its address. Beyond them it is not read until what it has
// sent would have been allowed, or is disconnected.
import { core } from '../core_calls'
import type { Link } from '../link'
import { report } from '../log'
import { PAUSED_BY_RATE } from '../pause_reason'
import { portNowMs } from '../time'
import type { Bucket } from './bucket'
import { addressState, bucketOf, guardCounts, guardOptions } from './guard'
import { PacketCount } from './packet_count'

/** [MQTT 5.0 section 3.14.2.1] */
const MESSAGE_RATE_TOO_HIGH = 0x96
/** Whoever would have to wait longer is disconnected. */
const WAIT_SECONDS_MAX = 60

/** Those that are not read now: their clients are alive. */
const waiting = new Set<Link>()

/** Tells the core that clients are alive that are not read; call it before it looks at Keep Alive. */
export function metersHeard(): void {
  for (const { slot } of waiting) core.brokerHeard(slot)
}

/** null: there are no rates for it. */
export function meterFor(link: Link): Meter | null {
  const { client, address } = guardOptions
  const isLimited = [client, address].some((rates) => rates?.messages !== undefined || rates?.bytes !== undefined)
  return isLimited && !link.origin.isTrusted ? new Meter(link) : null
}

export class Meter {
  private readonly packets = new PacketCount()
  private readonly messages: Bucket | null
  private readonly bytes: Bucket | null
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly link: Link) {
    const now = portNowMs()
    this.messages = bucketOf(guardOptions.client?.messages, now)
    this.bytes = bucketOf(guardOptions.client?.bytes, now)
    link.stream.once('close', () => this.resume())
  }

  /** Whether a chunk is to be handled; the next ones may not be read for a while. */
  take(chunk: Uint8Array): boolean {
    const { link } = this
    if (!link.isOpen) return true
    const now = portNowMs()
    // The address may be another one's state by now, made anew.
    const state = addressState(link.origin.address, now)
    const count = this.packets.take(chunk)
    const messages = Math.max(this.messages?.take(count, now) ?? 0, state.messages?.take(count, now) ?? 0)
    const bytes = Math.max(this.bytes?.take(chunk.length, now) ?? 0, state.bytes?.take(chunk.length, now) ?? 0)
    const seconds = Math.max(messages, bytes)
    if (!seconds) return true
    const what = messages >= bytes ? 'messages' : 'bytes'
    guardCounts[`limits/${what}`]++
    report({ event: 'limited', link, why: what })
    if (guardOptions.excess !== 'disconnect' && seconds <= WAIT_SECONDS_MAX) this.wait(seconds)
    else {
      core.brokerEnd(link.slot, MESSAGE_RATE_TOO_HIGH)
      return false
    }
    return true
  }

  private wait(seconds: number): void {
    waiting.add(this.link)
    this.link.pause(PAUSED_BY_RATE, true)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.resume(), seconds * 1_000)
    this.timer.unref()
  }

  private resume(): void {
    clearTimeout(this.timer)
    if (!waiting.delete(this.link)) return
    if (this.link.isOpen) this.link.pause(PAUSED_BY_RATE, false)
  }
}
