// The program's authorisation hook. Its answer may be a promise, and the core does not wait: so packets are held back
// here, in order, until the answers that the core will ask for are known.
import { ACCESS_SUBSCRIBE, ACCESS_WRITE } from '../../broker/access'
import { SETTING_AUTHORIZE } from '../../broker/settings'
import { settings } from '../../main'
import { memory } from '../../memory'
import type { BrokerOptions } from './library/api'
import type { Link } from './link'
import { type AskingPacket, packetQuestions } from './packet_questions'
import { linkOf } from './transmit'

/** The program's judgement of one action. */
type AuthorizeHook = NonNullable<BrokerOptions['authorize']>

let hook: AuthorizeHook | undefined

/** Sets the program's judgement; for the connections to come. */
export function authorizeHookSet(judgement: AuthorizeHook | undefined): void {
  hook = judgement
  settings[SETTING_AUTHORIZE] = judgement ? 1 : 0
}

const keyOf = (access: number, topic: string): string => `${access}${topic}`

export function portAuthorize(slot: number, access: number, start: number, size: number): boolean {
  const link = linkOf(slot)
  if (link?.origin.isTrusted) return true
  const topic = Buffer.from(memory.buffer, start, size).toString()
  // What was not asked for in time is denied: a topic that only the core could know.
  return link?.answers.get(keyOf(access, topic)) ?? false
}

/** What takes a connection's chunks: the hook's gate where there is a hook, else the core at once. */
export function gateFor(link: Link, receive: (chunk: Uint8Array) => void): (chunk: Uint8Array) => void {
  if (!hook || link.origin.isTrusted) return receive
  const packets = packetQuestions()
  let queue: Promise<void> = Promise.resolve()
  return (chunk) => {
    for (const packet of packets(chunk)) {
      queue = queue.then(() => pass(link, packet, receive))
    }
  }
}

async function pass(link: Link, packet: AskingPacket, receive: (chunk: Uint8Array) => void): Promise<void> {
  const { bytes, publishTopics, filters, claim } = packet
  // While the core has paused the connection it still holds the packet before, whose answers it needs.
  while (link.isPaused && link.isOpen) await link.whenResumed()
  link.answers.clear()
  if (claim) Object.assign(link, claim)
  for (const topic of publishTopics) link.answers.set(keyOf(ACCESS_WRITE, topic), await ask(link, 'publish', topic))
  for (const topic of filters) link.answers.set(keyOf(ACCESS_SUBSCRIBE, topic), await ask(link, 'subscribe', topic))
  // A CONNECT whose Will is not allowed is refused when the client is judged.
  if (claim) link.isWillDenied = [...link.answers.values()].includes(false)
  receive(bytes)
}

/** A hook that throws has not said yes. */
async function ask(link: Link, action: 'publish' | 'subscribe', topic: string): Promise<boolean> {
  const { clientIdentifier, userName } = link
  try {
    return await hook!({ clientIdentifier, userName, action, topic }) === true
  } catch {
    return false
  }
}
