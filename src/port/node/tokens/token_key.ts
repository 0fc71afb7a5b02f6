// A key that signs tokens, and which algorithms it is for: what a token says of its algorithm never chooses another
// kind of key. [RFC 8725 section 3.1]
import { type JsonWebKey, type KeyObject, createPublicKey, createSecretKey } from 'node:crypto'

export interface TokenKey {
  key: KeyObject
  algorithms: string[]
  /** The key's name, where it has one. */
  kid?: string
}

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const HMAC: [string, number][] = [['HS256', 32], ['HS384', 48], ['HS512', 64]]
const CURVES: Record<string, string> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }

/** All that there are. */
export const TOKEN_ALGORITHMS = [...RSA, ...Object.values(CURVES), 'EdDSA', ...HMAC.map(([name]) => name)]

/** Of RSA, [RFC 7518 section 3.3]; bits. */
const RSA_SIZE_MIN = 2_048

/** Throws a sentence for a key that is none for tokens. */
function publicAlgorithms({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string[] {
  if (type === 'rsa') {
    if ((details?.modulusLength ?? 0) < RSA_SIZE_MIN) throw new Error(`has a key of RSA below ${RSA_SIZE_MIN} bits`)
    return RSA
  }
  const curve = CURVES[details?.namedCurve ?? '']
  if (type === 'ec' && curve) return [curve]
  if (type === 'ed25519') return ['EdDSA', 'Ed25519']
  throw new Error('has a key that is neither of RSA, nor of P-256, P-384 or P-521, nor of Ed25519')
}

const publicKey = (key: KeyObject): TokenKey => ({ key, algorithms: publicAlgorithms(key) })

interface Jwk extends JsonWebKey { kid?: unknown, use?: unknown, alg?: unknown, key_ops?: unknown, d?: string }

/** A key of a JWK; throws where it is none that signs tokens. */
function jwkRead(jwk: Jwk): TokenKey {
  const { kid, use, alg, key_ops: operations } = jwk
  if (jwk.kty === 'oct') throw new Error('has a key that both sides have, which belongs into a secret file')
  if (jwk.d !== undefined) throw new Error('has a private key: give the public one alone')
  if (use !== undefined && use !== 'sig' || Array.isArray(operations) && !operations.includes('verify')) {
    throw new Error('has a key that is not for signatures')
  }
  const { key, algorithms } = publicKey(createPublicKey({ key: jwk, format: 'jwk' }))
  const own = typeof alg === 'string' ? algorithms.filter((name) => name === alg) : algorithms
  return { key, algorithms: own, kid: typeof kid === 'string' ? kid : undefined }
}

/** Keys of one set; more are left out. */
const KEYS_MAX = 100

/** Those of a set that sign tokens; others may be for something else. Throws where it is none, or has no such key. */
export function jwksRead(text: string): TokenKey[] {
  const set = JSON.parse(text) as { keys?: unknown }
  if (!Array.isArray(set.keys)) throw new Error('is no JWKS')
  let why = new Error('is a JWKS without keys')
  const keys = (set.keys as Jwk[]).slice(0, KEYS_MAX).flatMap((jwk) => {
    try {
      return [jwkRead(jwk)]
    } catch (error) {
      why = error as Error
      return []
    }
  })
  if (!keys.length) throw why
  return keys
}

/** Public keys of a file: PEM, a JWK or a JWKS. Throws what is wrong, to follow the file's name. */
export function publicKeysRead(content: Buffer): TokenKey[] {
  const text = content.toString().trim()
  if (text.startsWith('{')) {
    const json = JSON.parse(text) as Jwk
    return 'keys' in json ? jwksRead(text) : [jwkRead(json)]
  }
  if (text.includes('PRIVATE KEY-----')) throw new Error('has a private key: give the public one alone')
  const blocks = text.match(/-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g)
  if (!blocks) throw new Error('is neither PEM nor a JWKS')
  return blocks.map((block) => publicKey(createPublicKey(block)))
}

/** A key that both sides have. */
export function secretKeyRead(content: Buffer): TokenKey {
  let end = content.length
  while (end > 0 && (content[end - 1] === 10 || content[end - 1] === 13)) end--
  const secret = content.subarray(0, end)
  // A public key that everybody has would let anybody sign.
  if (secret.includes('-----BEGIN')) throw new Error('is PEM: a secret of HS256 is bytes that nobody else has')
  // [RFC 7518 section 3.2]
  const algorithms = HMAC.filter(([, size]) => secret.length >= size).map(([name]) => name)
  if (!algorithms.length) throw new Error(`has ${secret.length} bytes; a secret of HS256 has 32 at the least`)
  return { key: createSecretKey(secret), algorithms }
}
