// Bans in a file, a line each: an address and until when. The gateway writes those that it makes; lines that somebody
// adds or takes away count from SIGHUP on.
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { ConfigurationError, ConfigurationErrors, readLines } from '../configuration/entries'
import type { FileNamed } from '../configuration/options'
import { addressKey } from '../guard/address_key'
import { replaceFile } from '../configuration/password_file'
import type { Ban, Broker } from '../library/api'

/** Until when one lasts of which nothing is said. */
const FOR_EVER = Date.UTC(9999, 0)
/** Milliseconds between a ban and its line. */
const WRITE_MS = 1_000

const isAddress = (text: string): boolean => isIP(text) > 0 || /^[\da-f:]+::\/64$/.test(text) || text.startsWith('/')

/** What the file says, without what is over; throws all that is wrong with it. */
export function bansRead({ path, place }: FileNamed): Ban[] {
  if (!existsSync(path)) return []
  const errors: ConfigurationError[] = []
  const bans = readLines(path, place).flatMap(({ text, line }) => {
    const [address, time, more] = text.split(/\s+/)
    const until = time === undefined ? FOR_EVER : Date.parse(time)
    const isBan = isAddress(address) && !Number.isNaN(until) && more === undefined
    if (isBan) return [{ address: addressKey(address), until }]
    errors.push(new ConfigurationError(
      { file: path, line }, 'this is no ban; a line is an address and, where it ends, a time: 2026-12-31T12:00:00Z.'))
    return []
  })
  if (errors.length) throw new ConfigurationErrors(errors)
  return bans.filter(({ until }) => until > Date.now())
}

export class BanFile {
  /** Addresses that the file had when it was read or written last. */
  private known = new Set<string>()
  private timer: NodeJS.Timeout | null = null

  constructor(
    private readonly file: FileNamed, private readonly broker: Broker, private readonly failed: (why: string) => void,
  ) {}

  /** Bans as the file has them now, those that have no line in it yet besides. */
  apply(bans: Ban[]): void {
    const wanted = new Map(bans.map(({ address, until }) => [address, until]))
    for (const { address } of this.broker.bans()) {
      if (this.known.has(address) && !wanted.has(address)) this.broker.ban(address, 0)
    }
    for (const [address, until] of wanted) {
      if (!this.known.has(address)) this.broker.ban(address, Math.max(1, (until - Date.now()) / 1_000))
    }
    this.known = new Set(wanted.keys())
  }

  /** A ban has come or gone: it gets its line soon. */
  changed(): void {
    this.timer ??= setTimeout(() => this.write(), WRITE_MS)
    this.timer.unref()
  }

  private write(): void {
    this.timer = null
    const bans = this.broker.bans()
    const line = ({ address, until }: Ban): string =>
      `${address}${until < FOR_EVER - WRITE_MS ? ` ${new Date(until).toISOString()}` : ''}\n`
    try {
      replaceFile(this.file.path, bans.map(line).join(''))
      this.known = new Set(bans.map(({ address }) => address))
    } catch (error) {
      this.failed((error as Error).message)
    }
  }
}
