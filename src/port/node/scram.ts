// SCRAM-SHA-256 as an Authentication Method: neither side shows the password, and the client learns that the broker
// knows it. [RFC 5802] [RFC 7677]
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { BAD_USER_NAME_OR_PASSWORD, CONTINUE_AUTHENTICATION, MALFORMED_PACKET, SUCCESS } from '../../codec/reason_code'
import type { AuthenticationExchange, AuthenticationMethod, AuthenticationStep } from './authentication_method'
import { type ScramCredential, hmac } from './credential'

export const SCRAM_SHA_256 = 'SCRAM-SHA-256'

/** Salts for names that nobody has: always the same for a name, so that it looks like any other. */
const secret = randomBytes(32)
const ITERATIONS_OF_NOBODY = 4_096

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ b[i]))
}

function nobody(name: string): ScramCredential {
  const salt = hmac(secret, name).subarray(0, 16)
  return { iterations: ITERATIONS_OF_NOBODY, salt, storedKey: randomBytes(32), serverKey: randomBytes(32) }
}

/** A name as the exchange writes it; null where it is not well formed. [RFC 5802 section 5.1] */
function nameDecode(text: string): string | null {
  return /=(?!2C|3D)/.test(text) ? null : text.replaceAll('=2C', ',').replaceAll('=3D', '=')
}

/** What a client proves by that it knows the password. [RFC 5802 section 3] */
export const scramProof = (clientKey: Buffer, signed: string): Buffer =>
  xor(clientKey, hmac(createHash('sha256').update(clientKey).digest(), signed))

const refused: AuthenticationStep = { reasonCode: BAD_USER_NAME_OR_PASSWORD }
const malformed: AuthenticationStep = { reasonCode: MALFORMED_PACKET }

/** The second message: the proof that the client knows the password. */
function judgeProof(
  message: string, gs2Header: string, nonce: string, opening: string, credential: ScramCredential,
): Buffer | null {
  const match = /^(c=([A-Za-z0-9+/=]+),r=([^,]+)),p=([A-Za-z0-9+/=]+)$/.exec(message)
  if (!match || Buffer.from(match[2], 'base64').toString() !== gs2Header || match[3] !== nonce) return null
  const signed = `${opening},${match[1]}`
  const proof = Buffer.from(match[4], 'base64')
  if (proof.length !== 32) return null
  const clientKey = xor(proof, hmac(credential.storedKey, signed))
  const isRight = timingSafeEqual(createHash('sha256').update(clientKey).digest(), credential.storedKey)
  return isRight ? Buffer.from(`v=${hmac(credential.serverKey, signed).toString('base64')}`) : null
}

/** The method over what `find` knows of a realm's users; `refusedLater` delays what a guess costs. */
export function scramMethod(
  find: (name: string, realm: string | undefined) => ScramCredential | undefined,
  refusedLater: () => Promise<void>,
): AuthenticationMethod {
  return (realm): AuthenticationExchange => {
    let final: ((message: string) => Promise<AuthenticationStep>) | null = null

    function first(message: string): AuthenticationStep {
      // No channel binding is spoken: a client that insists on it ('p') is refused.
      const match = /^([ny],(?:a=[^,]*)?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+))$/.exec(message)
      const name = match && nameDecode(match[3])
      if (!match || !name) return malformed
      const known = find(name, realm)
      const credential = known ?? nobody(name)
      const nonce = match[4] + randomBytes(18).toString('base64')
      const challenge = `r=${nonce},s=${credential.salt.toString('base64')},i=${credential.iterations}`
      final = async (answer) => {
        const proof = judgeProof(answer, match[1], nonce, `${match[2]},${challenge}`, credential)
        if (proof && known) return { reasonCode: SUCCESS, data: proof, userName: name }
        await refusedLater()
        return refused
      }
      return { reasonCode: CONTINUE_AUTHENTICATION, data: Buffer.from(challenge) }
    }

    return (data) => {
      const message = Buffer.from(data ?? []).toString()
      return final ? final(message) : first(message)
    }
  }
}
