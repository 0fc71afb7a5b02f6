// Tokens for a test, and a server on this computer that has their keys.
import { type KeyObject, generateKeyPairSync } from 'node:crypto'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type JWTPayload, SignJWT } from 'jose'
import type { TokenOptions } from '../../src/port/node/library/api'
import { folderMake } from './library'

export interface Pair { publicKey: KeyObject, privateKey: KeyObject }

/** A pair for an algorithm of tokens. */
export function pairFor(algorithm: string): Pair {
  if (/^[RP]S/.test(algorithm)) return generateKeyPairSync('rsa', { modulusLength: 2_048 })
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('ec', { namedCurve: `P-${algorithm.slice(2).replace('512', '521')}` })
}

export const pemOf = ({ publicKey }: Pair): string => publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** A file of the test's own; answers its path. */
export const fileOf = (content: string): string => `${folderMake({ file: content })}/file`

/** Tokens that a pair signs. */
export const withKey = (pair: Pair, more: TokenOptions = {}): TokenOptions =>
  ({ keyFiles: [fileOf(pemOf(pair))], ...more })

/** A client's options with a token for its password. */
export const withToken = (token: string, more: object = {}): object =>
  ({ username: 'whoever', password: Buffer.from(token), ...more })

/** Seconds from now. */
export const soon = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds

/** A token that is good for a minute unless its claims say otherwise. */
export function tokenMake(
  key: KeyObject | Uint8Array, alg: string, claims: JWTPayload = {}, header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT({ sub: 'anna', exp: soon(60), ...claims }).setProtectedHeader({ alg, ...header }).sign(key)
}

const servers: Server[] = []

/** A server of keys. */
export class KeysServer {
  /** By their names. */
  keys: Record<string, Pair> = {}
  asked = 0
  isAway = false
  private readonly server = createServer((_request, response) => {
    this.asked++
    if (this.isAway) return void response.socket?.destroy()
    const keys = Object.entries(this.keys)
      .map(([kid, { publicKey }]) => ({ ...publicKey.export({ format: 'jwk' }), kid }))
    response.end(JSON.stringify({ keys }))
  })

  async url(): Promise<string> {
    servers.push(this.server)
    if (!this.server.listening) await new Promise<void>((done) => { this.server.listen(0, '127.0.0.1', done) })
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys`
  }
}

export function keysServersEnd(): void {
  for (const server of servers.splice(0)) server.close()
}
