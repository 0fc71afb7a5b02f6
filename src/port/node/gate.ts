// The program's authorisation hook, and rules for payloads. Their answers may be promises, and the core does not wait:
// so packets are held back here, in order, until the answers that the core will ask for are known.
import { ACCESS_SUBSCRIBE, ACCESS_WRITE } from '../../broker/access/access_kind'
import { SETTING_AUTHORIZE, SETTING_PAYLOADS } from '../../broker/settings'
import { NOT_AUTHORIZED, SUCCESS } from '../../codec/reason_code'
import { brokerHeard, settingSet } from '../../main'
import { answerKey } from './authorize'
import type { BrokerOptions } from './library/api'
import type { Link } from './link'
import { type AskingPacket, type PublishQuestion, type SubscribeQuestion, packetQuestions } from './packet_questions'
import { PAUSED_BY_GATE } from './pause_reason'
import { portNowMs } from './time'

/** The program's judgement of one action. */
type AuthorizeHook = NonNullable<BrokerOptions['authorize']>

let hook: AuthorizeHook | undefined

/** What is to be refused for its payload: 0, or a Reason Code. null: the payload is too large to be looked at. */
type PayloadJudge = (topic: string, payload: Uint8Array | null) => number | Promise<number>

let payloadJudge: PayloadJudge | undefined

/** Milliseconds that the program has for what one packet asks. */
const JUDGE_MS_MAX = 30_000

/** Sets the program's judgement; for the connections to come. */
export function authorizeHookSet(judgement: AuthorizeHook | undefined): void {
  hook = judgement
  settingSet(SETTING_AUTHORIZE, judgement ? 1 : 0)
}

/** Sets the judgement of payloads; for the connections to come. */
export function payloadJudgeSet(judgement: PayloadJudge): void {
  payloadJudge = judgement
  settingSet(SETTING_PAYLOADS, 1)
}

const nothing = (): void => undefined

/** Gates that hold something back: their clients are alive. */
const holding = new Set<Gate>()

/**
 * Gates whose connection has gone and that wait for answers still, the one that went first in front: of so many at the
 * most what came before the end is still done. Clients that come, ask and go again would fill the memory.
 */
const leaving = new Set<Gate>()
const LEAVING_MAX = 256

/** Tells the core that clients are alive whose bytes are held back; call it before it looks at Keep Alive. */
export function gatesHeard(): void {
  for (const { link } of holding) brokerHeard(link.slot)
}

/** A connection's gate; null: everything may go to the core at once. */
export function gateFor(link: Link, receive: (chunk: Uint8Array) => void): Gate | null {
  return (hook ?? payloadJudge) && !link.origin.isTrusted ? new Gate(link, receive) : null
}

/** Holds back the packets of one chunk and the start of the next packet: nothing is read until they are through. */
export class Gate {
  private readonly packets = packetQuestions()
  private through: Promise<void> = Promise.resolve()
  private heldCount = 0
  /** Nobody waits for answers any more. */
  private isGivenUp = false
  /** Takes no for the answer that is waited for. */
  private refuse = nothing

  constructor(readonly link: Link, private readonly receive: (chunk: Uint8Array) => void) {}

  take(chunk: Uint8Array): void {
    if (!this.link.isOpen) return this.receive(chunk)
    brokerHeard(this.link.slot)
    const packets = this.packets(chunk)
    if (!packets.length) return
    this.heldCount++
    this.hold(true)
    this.through = this.through.then(() => this.pass(packets)).then(() => {
      if (!--this.heldCount) this.hold(false)
    })
  }

  /** The connection has gone. Ends when nothing is held back. */
  async whenThrough(): Promise<void> {
    // What the stream has read and nobody took is the last of it.
    for (let rest = readRest(this.link.stream); rest; rest = readRest(this.link.stream)) this.take(rest)
    if (!this.heldCount) return
    // Of one that the core has closed nothing is taken.
    if (!this.link.isOpen) return this.giveUp()
    leaving.add(this)
    if (leaving.size > LEAVING_MAX) (leaving.values().next().value as Gate).giveUp()
    const limit = setTimeout(() => this.giveUp(), JUDGE_MS_MAX).unref()
    await this.through
    clearTimeout(limit)
    leaving.delete(this)
  }

  /** What was held back is not done any more. */
  private giveUp(): void {
    leaving.delete(this)
    this.isGivenUp = true
    this.refuse()
    this.link.wake()
  }

  private hold(isHeld: boolean): void {
    if (isHeld) holding.add(this)
    else holding.delete(this)
    this.link.pause(PAUSED_BY_GATE, isHeld)
  }

  private async pass(packets: AskingPacket[]): Promise<void> {
    for (const packet of packets) {
      // While the core takes no bytes it still holds the packet before, whose answers it needs.
      await this.link.whenTaken(() => this.isGivenUp)
      if (!this.link.isOpen || this.isGivenUp) return
      if (!packet.isRest) await this.judge(packet)
      if (this.isGivenUp) return
      this.receive(packet.bytes)
    }
  }

  private async judge({ publish, subscribes, claim }: AskingPacket): Promise<void> {
    const { link } = this
    const answers = new Map<string, boolean>()
    const limit = portNowMs() + JUDGE_MS_MAX
    if (claim && !link.isConnected) Object.assign(link, claim)
    const questions = publish ? [publish, ...subscribes] : subscribes
    for (const question of hook ? questions : []) {
      const key = answerKey(question.action === 'publish' ? ACCESS_WRITE : ACCESS_SUBSCRIBE, question.topic)
      const answer = await this.ask(question, limit)
      // A filter may be asked for twice, with another QoS: the core asks about the filter.
      answers.set(key, (answers.get(key) ?? true) && answer)
    }
    link.answers = answers
    const isDenied = [...answers.values()].includes(false)
    // Of who is not let in yet the Will alone is looked at: what else it sends has the core close it.
    const isJudged = !isDenied && !this.isGivenUp && (claim !== undefined || link.isConnected)
    link.payloadRefusal = publish && payloadJudge && isJudged
      ? await payloadJudge(publish.topic, publish.payloadSize === undefined ? publish.payload : null)
      : SUCCESS
    // A CONNECT whose Will is not allowed is refused when the client is judged.
    if (claim) link.willRefusal = isDenied ? NOT_AUTHORIZED : link.payloadRefusal
  }

  /** A hook that throws, or does not answer in time, has not said yes. */
  private async ask(question: PublishQuestion | SubscribeQuestion, limit: number): Promise<boolean> {
    if (this.isGivenUp) return false
    const { clientIdentifier, userName } = this.link
    let timer: NodeJS.Timeout | undefined
    try {
      const answer = hook!({ clientIdentifier, userName, ...question })
      if (typeof answer === 'boolean') return answer
      const late = new Promise<boolean>((resolve) => {
        this.refuse = () => resolve(false)
        timer = setTimeout(this.refuse, limit - portNowMs())
      })
      return await Promise.race([answer, late]) === true
    } catch {
      return false
    } finally {
      clearTimeout(timer)
      this.refuse = nothing
    }
  }
}

const readRest = (stream: Link['stream']): Uint8Array | null => stream.read() as Uint8Array | null
