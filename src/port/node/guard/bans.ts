// Addresses that are not let in for a time.
import { addressKey } from './address_key'
import type { Ban } from '../library/api'
import { report } from '../log'

/** Bans at a time; a further one takes the place of the oldest. */
const BANS_MAX = 10_000
/** Milliseconds between two answers to an address that is banned; between them it is closed without a word. */
const ANSWER_MS = 1_000

interface Banned { until: number, answeredAt: number }

const bans = new Map<string, Banned>()

/** What the time is, milliseconds since 1970. */
const isOver = ({ until }: Banned): boolean => until <= Date.now()

/** 'no': it is not banned. */
export function banOf(key: string, now: number): 'no' | 'answer' | 'close' {
  const ban = bans.get(key)
  if (!ban) return 'no'
  if (isOver(ban)) {
    bans.delete(key)
    return 'no'
  }
  if (now - ban.answeredAt < ANSWER_MS) return 'close'
  ban.answeredAt = now
  return 'answer'
}

/** From now on an address is not let in for so many seconds. */
export function banAdd(address: string, seconds: number, why: string): void {
  const key = addressKey(address)
  const isNew = !bans.has(key)
  if (isNew && bans.size === BANS_MAX) bans.delete(bans.keys().next().value!)
  bans.set(key, { until: Date.now() + seconds * 1_000, answeredAt: -Infinity })
  if (isNew) report({ event: 'banned', address: key, why })
}

/** Lifts a ban, of an address or as bansNow has it. */
export function banRemove(address: string): void {
  const key = bans.has(address) ? address : addressKey(address)
  if (bans.delete(key)) report({ event: 'unbanned', address: key })
}

export function bansNow(): Ban[] {
  for (const [key, ban] of bans) if (isOver(ban)) bans.delete(key)
  return [...bans].map(([address, { until }]) => ({ address, until }))
}
