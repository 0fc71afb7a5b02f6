// Bounds for what clients and addresses do: connections, packets, bytes and failed logins. What is known of addresses
// is bounded too, by ADDRESSES_MAX.
import { setTimeout as sleep } from 'node:timers/promises'
import type { GuardOptions } from '../library/api'
import { BANNED, CONNECTION_RATE_EXCEEDED } from '../refusal'
import { portNowMs } from '../time'
import { addressKey } from './address_key'
import { banAdd, banOf } from './bans'
import { BoundedMap } from './bounded_map'
import { Bucket } from './bucket'
import { report } from '../log'

const ADDRESSES_MAX = 65_536
/**
 * Failed logins of an address that cost nothing yet, where nothing is said: a home comes again with an old password.
 * Each more doubles the time between two.
 */
const DELAY_AFTER = 50
const DELAY_MS = 500
/** The longest that a login waits for its turn: behind it comes the end of its time to connect. */
const DELAY_MS_MAX = 5_000
const FAILURE_MS = 60_000
const BAN_SECONDS = 600

/** What is known of an address. */
export interface AddressState {
  connections: Bucket | null
  messages: Bucket | null
  bytes: Bucket | null
  failures: number
  /** When it failed last, and when its next login may be judged. */
  failedAt: number
  nextAt: number
}

/** What was counted, by the names of statistics. */
export const guardCounts = {
  'limits/banned': 0, 'limits/connections': 0, 'limits/messages': 0, 'limits/bytes': 0, 'logins/failed': 0,
  'logins/delayed': 0,
}

export let guardOptions: GuardOptions = {}

export function guardSet(options: GuardOptions): void {
  guardOptions = options
}

export const bucketOf = (perSecond: number | undefined, now: number): Bucket | null =>
  perSecond === undefined ? null : new Bucket(perSecond, now)

const addresses = new BoundedMap<AddressState>(ADDRESSES_MAX, (now) => ({
  connections: bucketOf(guardOptions.addressConnections, now),
  messages: bucketOf(guardOptions.address?.messages, now), bytes: bucketOf(guardOptions.address?.bytes, now),
  failures: 0, failedAt: 0, nextAt: 0,
}), ({ connections, messages, bytes, failures, failedAt }, now) =>
  [connections, messages, bytes].every((bucket) => !bucket || bucket.isFull(now))
  && failures * FAILURE_MS < now - failedAt)

export const addressState = (address: string, now: number): AddressState => addresses.take(addressKey(address), now)

/** How many addresses are known of; for tests of the bound. */
export const addressCount = (): number => addresses.size

/**
 * Judges a connection that comes, before anything of it is read: 0, the Reason Code that its CONNECT is to be answered
 * with, or NaN: it is closed without a word.
 */
export function arrivalJudge(address: string): number {
  const now = portNowMs()
  const ban = banOf(addressKey(address), now)
  if (ban !== 'no') {
    guardCounts['limits/banned']++
    return ban === 'answer' ? BANNED : NaN
  }
  if (guardOptions.addressConnections === undefined) return 0
  const { connections } = addressState(address, now)
  const over = connections!.take(1, now)
  if (!over) return 0
  guardCounts['limits/connections']++
  report({ event: 'limited', address, why: 'connections' })
  // So many more are answered; what is closed is not counted against what comes later.
  if (over <= 1) return CONNECTION_RATE_EXCEEDED
  connections!.give(1)
  return NaN
}

/** What is left of an address's failures. */
function failuresNow(state: AddressState, now: number): number {
  const forgotten = Math.floor((now - state.failedAt) / FAILURE_MS)
  if (forgotten > 0) {
    state.failures = Math.max(0, state.failures - forgotten)
    state.failedAt += forgotten * FAILURE_MS
  }
  return state.failures
}

/** Waits for the turn of a login of an address that has failed; false: there are too many before it. */
export async function loginTurn(address: string): Promise<boolean> {
  const now = portNowMs()
  const state = addressState(address, now)
  const over = failuresNow(state, now) - (guardOptions.delayAfter ?? DELAY_AFTER)
  if (over < 0) return true
  const at = Math.max(now, state.nextAt)
  if (at - now > DELAY_MS_MAX) return false
  state.nextAt = at + Math.min(DELAY_MS * 2 ** over, DELAY_MS_MAX)
  guardCounts['logins/delayed']++
  await sleep(at - now)
  return true
}

/** A login has failed by what it was to prove. */
export function loginFailed(address: string): void {
  const now = portNowMs()
  const state = addressState(address, now)
  failuresNow(state, now)
  if (!state.failures) state.failedAt = now
  state.failures++
  guardCounts['logins/failed']++
  const { banAfter, banSeconds = BAN_SECONDS } = guardOptions
  if (banAfter === undefined || state.failures < banAfter) return
  state.failures = 0
  banAdd(address, banSeconds, `${banAfter} failed logins`)
}
