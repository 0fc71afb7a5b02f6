// The program's authorisation hook. Its answer may be a promise, and the core does not wait: so packets are held back
// here, in order, until the answers that the core will ask for are known.
import { ACCESS_SUBSCRIBE, ACCESS_WRITE } from '../../broker/access/access_kind'
import { SETTING_AUTHORIZE } from '../../broker/settings'
import { brokerHeard, settingSet } from '../../main'
import { answerKey } from './authorize'
import type { BrokerOptions } from './library/api'
import type { Link } from './link'
import { type AskingPacket, packetQuestions } from './packet_questions'
import { PAUSED_BY_GATE } from './pause_reason'
import { portNowMs } from './time'

/** The program's judgement of one action. */
type AuthorizeHook = NonNullable<BrokerOptions['authorize']>

let hook: AuthorizeHook | undefined

/** Milliseconds that the program has for what one packet asks. */
const JUDGE_MS_MAX = 30_000

/** Sets the program's judgement; for the connections to come. */
export function authorizeHookSet(judgement: AuthorizeHook | undefined): void {
  hook = judgement
  settingSet(SETTING_AUTHORIZE, judgement ? 1 : 0)
}

/** Gates that hold something back: their clients are alive. */
const holding = new Set<Gate>()

/** Tells the core that clients are alive whose bytes are held back; call it before it looks at Keep Alive. */
export function gatesHeard(): void {
  for (const { link } of holding) brokerHeard(link.slot)
}

/** A connection's gate; null: everything may go to the core at once. */
export function gateFor(link: Link, receive: (chunk: Uint8Array) => void): Gate | null {
  return hook && !link.origin.isTrusted ? new Gate(link, receive) : null
}

/** Holds back the packets of one chunk and the start of the next packet: nothing is read until they are through. */
export class Gate {
  private readonly packets = packetQuestions()
  private through: Promise<void> = Promise.resolve()
  private heldCount = 0

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

  /** Ends when nothing is held back. */
  whenThrough(): Promise<void> {
    // What the stream has read and nobody took is the last of it.
    for (let rest = readRest(this.link.stream); rest; rest = readRest(this.link.stream)) this.take(rest)
    return this.through
  }

  private hold(isHeld: boolean): void {
    if (isHeld) holding.add(this)
    else holding.delete(this)
    this.link.pause(PAUSED_BY_GATE, isHeld)
  }

  private async pass(packets: AskingPacket[]): Promise<void> {
    for (const packet of packets) {
      // While the core takes no bytes it still holds the packet before, whose answers it needs.
      await this.link.whenTaken()
      if (!this.link.isOpen) return
      await this.judge(packet)
      this.receive(packet.bytes)
    }
  }

  private async judge({ publishTopics, filters, claim }: AskingPacket): Promise<void> {
    const { link } = this
    const answers = new Map<string, boolean>()
    const limit = portNowMs() + JUDGE_MS_MAX
    if (claim && !link.isConnected) Object.assign(link, claim)
    for (const topic of publishTopics) {
      answers.set(answerKey(ACCESS_WRITE, topic), await ask(link, 'publish', topic, limit))
    }
    for (const topic of filters) {
      answers.set(answerKey(ACCESS_SUBSCRIBE, topic), await ask(link, 'subscribe', topic, limit))
    }
    link.answers = answers
    // A CONNECT whose Will is not allowed is refused when the client is judged.
    if (claim) link.isWillDenied = [...answers.values()].includes(false)
  }
}

const readRest = (stream: Link['stream']): Uint8Array | null => stream.read() as Uint8Array | null

/** A hook that throws, or does not answer in time, has not said yes. */
async function ask(link: Link, action: 'publish' | 'subscribe', topic: string, limit: number): Promise<boolean> {
  const { clientIdentifier, userName } = link
  let timer: NodeJS.Timeout | undefined
  try {
    const answer = hook!({ clientIdentifier, userName, action, topic })
    if (typeof answer === 'boolean') return answer
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, limit - portNowMs(), false)
    })
    return await Promise.race([answer, late]) === true
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
