// Keys of Midge's own that bound what clients and addresses do, and say where the audit goes.
import type { GuardOptions, Rates } from '../library/api'
import { type KeyHandler, setOnce } from './draft'
import type { Entry } from './entries'
import { readChoice, readInteger, readText } from './values'

const RATE_MAX = 1_000_000_000
const SECONDS_MAX = 31_536_000

const guard = (set: (guard: GuardOptions, entry: Entry) => void): KeyHandler =>
  ({ options }, entry) => set(options.guard, entry)

const rate = (whose: 'client' | 'address', what: keyof Rates): KeyHandler =>
  guard((options, entry) => { options[whose] = { ...options[whose], [what]: readInteger(entry, 1, RATE_MAX) } })

export const GUARD_KEYS: Record<string, KeyHandler> = {
  client_message_rate: rate('client', 'messages'),
  client_byte_rate: rate('client', 'bytes'),
  address_message_rate: rate('address', 'messages'),
  address_byte_rate: rate('address', 'bytes'),
  address_connection_rate: guard((options, entry) => { options.addressConnections = readInteger(entry, 1, RATE_MAX) }),
  rate_excess: guard((options, entry) => {
    options.excess = readChoice<'wait' | 'disconnect'>(entry, { wait: 'wait', disconnect: 'disconnect' })
  }),
  login_delay_after: guard((options, entry) => { options.delayAfter = readInteger(entry, 1, RATE_MAX) }),
  ban_after: guard((options, entry) => { options.banAfter = readInteger(entry, 1, RATE_MAX) }),
  ban_seconds: guard((options, entry) => { options.banSeconds = readInteger(entry, 1, SECONDS_MAX) }),
  ban_file: ({ options }, entry) => setOnce(options, 'banFile', { path: readText(entry), place: entry }, entry),
  audit_log: ({ options }, entry) => setOnce(options, 'auditLog', { path: readText(entry), place: entry }, entry),
}
