// Judges tokens: whether one is good, whose it is, what it lets its client do, and when it ends. The package jose does
// the work; which keys and algorithms it may use is said here.
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { JWTPayload, JWTVerifyOptions } from 'jose'
import type { TokenOptions } from '../library/api'
import { type Grant, type Claims, grantsOf, hasGrants, userNameOf } from './claims'
import { RemoteKeys } from './remote_keys'
import { type TokenKey, TOKEN_ALGORITHMS, publicKeysRead, secretKeyRead } from './token_key'

/** Bytes of a token. */
const TOKEN_SIZE_MAX = 16_384
/** Keys that one token is tried with. */
const TRIES_MAX = 10
const KEYS_MAX_AGE = 600

export interface GoodToken {
  userName: string
  /** Milliseconds since 1970. */
  endsAt: number
  /** null: the rules for the User Name say who may do what. */
  grants: Grant[] | null
}

/** Why a token is not good; nothing of the token is in it. */
export interface BadToken { why: string, isUnknown?: true }

export type TokenVerdict = GoodToken | BadToken

type Jose = typeof import('jose')

const jose = (): Promise<Jose> => import('jose').catch(() => {
  throw new Error('Tokens need the package jose: npm install jose.')
})

/** Rejects with a sentence where it is not installed. */
export const tokenPackagesCheck = async (): Promise<void> => void await jose()

/** Runs a step for a file; throws a sentence that begins with its path. */
function ofFile<Value>(path: string, read: (content: Buffer) => Value): Value {
  try {
    return read(readFileSync(path))
  } catch (error) {
    const { code, message, syscall } = error as NodeJS.ErrnoException
    throw new Error(`${path} ${syscall === undefined ? message : `cannot be read (${code})`}.`)
  }
}

/** Throws, to follow the file's name, where it is no certificate. */
function authorityCheck(content: Buffer): void {
  try {
    void new X509Certificate(content)
  } catch {
    throw new Error('is no PEM of a certificate')
  }
}

function ofSecret(secret: string): TokenKey {
  try {
    return secretKeyRead(Buffer.from(secret))
  } catch (error) {
    throw new Error(`A secret ${(error as Error).message}.`)
  }
}

/** The URL of keys; over a network only what is encrypted is them. Throws a sentence. */
function keysUrlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  const isHere = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:' || url?.protocol === 'http:' && isHere) return url
  throw new TypeError(`${text} is no URL of https, nor one of http on this computer.`)
}

function optionsCheck({ keyFiles, keysUrl, secretFiles, secrets, algorithms, issuers, audiences }: TokenOptions): void {
  if (!keyFiles?.length && keysUrl === undefined && !secretFiles?.length && !secrets?.length) {
    throw new TypeError('Tokens have no keys: give keyFiles, keysUrl, secretFiles or secrets.')
  }
  if (keysUrl !== undefined && !(issuers?.length && audiences?.length)) {
    throw new TypeError('keysUrl needs issuers and audiences: an issuer signs tokens for others too.')
  }
  for (const name of algorithms ?? []) {
    if (TOKEN_ALGORITHMS.includes(name)) continue
    throw new TypeError(`${name} is no algorithm: say ${TOKEN_ALGORITHMS.join(', ')}.`)
  }
}

export class TokenVerifier {
  private readonly keys: TokenKey[]
  private readonly remote: RemoteKeys | null
  private readonly expected: JWTVerifyOptions

  /**
   * Reads the files; throws a sentence where something is not good. What the one `before` has fetched it goes on with,
   * where it is from the same place.
   */
  constructor(private readonly options: TokenOptions, before?: TokenVerifier) {
    optionsCheck(options)
    const { keyFiles = [], secretFiles = [], secrets = [], keysUrl, keysAuthority, keysMaxAge = KEYS_MAX_AGE } = options
    if (keysAuthority !== undefined) ofFile(keysAuthority, authorityCheck)
    this.keys = [
      ...keyFiles.flatMap((path) => ofFile(path, publicKeysRead)),
      ...secretFiles.map((path) => ofFile(path, secretKeyRead)),
      ...secrets.map((secret) => ofSecret(secret)),
    ]
    const isSame = before !== undefined && before.options.keysUrl === keysUrl
      && before.options.keysAuthority === keysAuthority && before.options.keysMaxAge === options.keysMaxAge
    if (keysUrl === undefined) this.remote = null
    else if (isSame) this.remote = before.remote
    else this.remote = new RemoteKeys(keysUrlOf(keysUrl), keysAuthority, keysMaxAge * 1_000)
    const { issuers, audiences, type, leeway = 0 } = options
    this.expected = {
      issuer: issuers?.length ? issuers : undefined, audience: audiences?.length ? audiences : undefined,
      typ: type, clockTolerance: leeway, requiredClaims: ['exp'],
    }
  }

  /** Whether a token may be the User Name. */
  get isUserName(): boolean {
    return this.options.isUserName === true
  }

  /** Never rejects but where jose is not installed. */
  async verify(token: string): Promise<TokenVerdict> {
    if (Buffer.byteLength(token) > TOKEN_SIZE_MAX) return { why: 'the token is too large' }
    const { decodeProtectedHeader, jwtVerify, errors } = await jose()
    let header: { alg?: string, kid?: string }
    try {
      header = decodeProtectedHeader(token)
    } catch {
      return { why: 'the token is malformed' }
    }
    const keys = await this.keysFor(header)
    if (!keys) return { why: 'the keys of tokens cannot be had', isUnknown: true }
    let why = 'no key for the token\'s algorithm and key'
    for (const { key, algorithms } of keys.slice(0, TRIES_MAX)) {
      try {
        const { payload } = await jwtVerify(token, key, { ...this.expected, algorithms })
        return this.goodToken(payload)
      } catch (error) {
        why = reasonOf(error)
        // Another key of the same name may be the one.
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) break
      }
    }
    return { why }
  }

  /** null: nobody knows now. */
  private async keysFor({ alg = 'none', kid }: { alg?: string, kid?: string }): Promise<TokenKey[] | null> {
    const { algorithms = TOKEN_ALGORITHMS } = this.options
    if (!algorithms.includes(alg === 'Ed25519' ? 'EdDSA' : alg)) return []
    const isWanted = (key: TokenKey): boolean => key.algorithms.includes(alg)
      && (kid === undefined || key.kid === undefined || key.kid === kid)
    const own = this.keys.filter(isWanted)
    if (own.length || !this.remote) return own
    return this.remote.find((key) => isWanted(key) && !alg.startsWith('HS'))
  }

  private goodToken(payload: JWTPayload): TokenVerdict {
    const { options } = this
    const claims = payload as Claims
    const userName = userNameOf(claims, options)
    if (userName === undefined) return { why: `the token's claim ${options.userClaim ?? 'sub'} is no User Name` }
    const endsAt = (payload.exp! + (options.leeway ?? 0)) * 1_000
    return { userName, endsAt, grants: hasGrants(options) ? grantsOf(claims, options) : null }
  }
}

/** jose's errors say which claim is wrong and how, and nothing that is in it. */
function reasonOf(error: unknown): string {
  const { code, claim } = error as { code?: string, claim?: string }
  if (code === 'ERR_JWT_EXPIRED') return 'the token has expired'
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return `the token's claim ${claim} is not what it must be`
  if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') return 'the token\'s signature is wrong'
  return 'the token is malformed'
}
