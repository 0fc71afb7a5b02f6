// A bridge's half of SCRAM-SHA-256: the other broker is not shown the password, and shows that it knows it.
// [RFC 5802] [RFC 7677]
import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { ClientAuthentication } from '../../../client/authentication'
import { hmac, passwordPrepared } from '../credential'
import { SCRAM_SHA_256, scramProof } from '../scram'

const derive = promisify(pbkdf2)

/**
 * Iterations that a broker may ask for: fewer would let whoever poses as one try passwords quickly, and more keep this
 * computer busy. [RFC 7677 section 4]
 */
const ITERATIONS_MIN = 4_096
const ITERATIONS_MAX = 10_000_000
const NONCE_SIZE = 18
/** What says that no channel is bound, and the same in Base64. */
const GS2_HEADER = 'n,,'
const BINDING = Buffer.from(GS2_HEADER).toString('base64')

/** A name as the exchange writes it. [RFC 5802 section 5.1] */
const nameEncode = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C')

export class ScramClient implements ClientAuthentication {
  readonly method = SCRAM_SHA_256
  readonly opening: string
  private readonly nonce = randomBytes(NONCE_SIZE).toString('base64')
  /** What the broker must close with; null until it has challenged. */
  private expected: Buffer | null = null

  constructor(userName: string, private readonly password: string) {
    this.opening = `${GS2_HEADER}n=${nameEncode(userName)},r=${this.nonce}`
  }

  async answer(challenge: string): Promise<string> {
    const match = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/]+=*),i=(\d{1,9})(?:,.*)?$/.exec(challenge)
    const iterations = Number(match?.[3])
    if (!match || this.expected || !match[1].startsWith(this.nonce) || match[1] === this.nonce) {
      throw new Error('it challenges in a form that is none of SCRAM')
    }
    if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
      throw new Error(`it asks for ${iterations} iterations`)
    }
    const salt = Buffer.from(match[2], 'base64')
    const salted = await derive(passwordPrepared(Buffer.from(this.password)), salt, iterations, 32, 'sha256')
    const withoutProof = `c=${BINDING},r=${match[1]}`
    const signed = `${this.opening.slice(GS2_HEADER.length)},${challenge},${withoutProof}`
    this.expected = hmac(hmac(salted, 'Server Key'), signed)
    return `${withoutProof},p=${scramProof(hmac(salted, 'Client Key'), signed).toString('base64')}`
  }

  isProven(closing: string): boolean {
    const proof = Buffer.from(/^v=([A-Za-z0-9+/]+=*)$/.exec(closing)?.[1] ?? '', 'base64')
    return this.expected !== null && proof.length === this.expected.length && timingSafeEqual(proof, this.expected)
  }
}
