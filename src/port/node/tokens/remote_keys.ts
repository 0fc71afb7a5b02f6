// Keys of a JWKS URL: fetched when they are wanted, good for a time, and fetched anew when a token names one that is
// not there, as after a rotation. While their server is away the last ones go on for an hour.
import { readFileSync } from 'node:fs'
import { httpCall } from './http_call'
import { type TokenKey, jwksRead } from './token_key'

/** Fetches in such a time, milliseconds: tokens with names of nothing, and a server that is away, cost no more. */
const FETCHES_MAX = 3
const FETCHES_MS = 30_000
const STALE_MS_MAX = 3_600_000

export class RemoteKeys {
  private keys: TokenKey[] | null = null
  private fetchedAt = 0
  /** When it was fetched last, at most FETCHES_MAX times. */
  private tries: number[] = []
  private fetching: Promise<void> | null = null

  constructor(
    private readonly url: URL, private readonly authority: string | undefined, private readonly maxAgeMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Those that `isWanted`; null: nobody knows now, as the server is away. */
  async find(isWanted: (key: TokenKey) => boolean): Promise<TokenKey[] | null> {
    const isOld = (): boolean => this.now() - this.fetchedAt > this.maxAgeMs
    if (!this.keys || isOld()) await this.fetch()
    let found = this.keys?.filter(isWanted)
    if (found && !found.length) {
      await this.fetch()
      found = this.keys?.filter(isWanted)
    }
    if (!found || this.now() - this.fetchedAt > this.maxAgeMs + STALE_MS_MAX) return null
    // It may be one that the server would have told of.
    return found.length || this.fetchedAt >= (this.tries.at(-1) ?? 0) ? found : null
  }

  /** One at a time, and not too often. */
  private fetch(): Promise<void> {
    if (this.fetching) return this.fetching
    const now = this.now()
    this.tries = this.tries.filter((at) => now - at < FETCHES_MS)
    if (this.tries.length === FETCHES_MAX) return Promise.resolve()
    this.tries.push(now)
    this.fetching = this.fetchNow().catch(() => undefined).finally(() => { this.fetching = null })
    return this.fetching
  }

  private async fetchNow(): Promise<void> {
    const ca = this.authority === undefined ? undefined : readFileSync(this.authority)
    const { status, body } = await httpCall(this.url, { headers: { accept: 'application/json' }, ca })
    if (status !== 200) throw new Error(`${this.url.host} answers ${status}`)
    this.keys = jwksRead(body)
    this.fetchedAt = this.now()
  }
}
