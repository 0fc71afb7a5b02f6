// Passwords as they are kept: hashed, in the lines of mosquitto_passwd or as a SCRAM-SHA-256 verifier.
import { isUtf8 } from 'node:buffer'
import { type BinaryLike, createHash, createHmac, pbkdf2, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** What a SCRAM exchange needs of a user. [RFC 5802 section 3] */
export interface ScramCredential {
  iterations: number
  salt: Buffer
  storedKey: Buffer
  serverKey: Buffer
}

/** A user's password, in a form that does not tell it. */
export interface Credential {
  verify(password: Uint8Array): Promise<boolean>
  scram?: ScramCredential
}

/** PBKDF2 rounds of new SCRAM-SHA-256 verifiers: the least that RFC 7677 allows is 4,096. */
const SCRAM_ITERATIONS = 4_096
/** As mosquitto_passwd: 101 rounds of SHA-512; `midge passwd` takes more. */
const PBKDF2_ITERATIONS = 10_000
/** Rounds of a line that somebody made to keep the broker busy are refused. */
const ITERATIONS_MAX = 10_000_000

const derive = promisify(pbkdf2)
/** HMAC with SHA-256. [RFC 2104] */
export const hmac = (key: Uint8Array, text: BinaryLike): Buffer => createHmac('sha256', key).update(text).digest()
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** PBKDF2 with SHA-512, `$7$` of mosquitto 2. */
function pbkdf2Credential(iterations: number, salt: Buffer, hash: Buffer, digest = 'sha512'): Credential {
  return { verify: async (password) => isSame(await derive(password, salt, iterations, hash.length, digest), hash) }
}

/** One salted round of SHA-512, `$6$` of mosquitto 1. */
function sha512Credential(salt: Buffer, hash: Buffer): Credential {
  return { verify: async (password) => isSame(createHash('sha512').update(password).update(salt).digest(), hash) }
}

/** The keys of a salted password. [RFC 5802 section 3] */
function scramKeys(salted: Buffer, iterations: number, salt: Buffer): ScramCredential {
  return { iterations, salt, storedKey: sha256(hmac(salted, 'Client Key')), serverKey: hmac(salted, 'Server Key') }
}

/** A password as SCRAM hashes it, whichever way it was typed; bytes that are no text stay as they are. */
export function passwordPrepared(password: Uint8Array): Uint8Array {
  return isUtf8(password) ? Buffer.from(Buffer.from(password).toString().normalize('NFKC')) : password
}

function scramCredential(scram: ScramCredential): Credential {
  const { salt, iterations, storedKey } = scram
  return {
    scram,
    verify: async (password) =>
      isSame(
        scramKeys(await derive(passwordPrepared(password), salt, iterations, 32, 'sha256'), iterations, salt).storedKey,
        storedKey),
  }
}

/** Argon2, `$argon2id$` of mosquitto 2.1, by the package @node-rs/argon2, loaded where there is such a line. */
function argon2Credential(hash: string): Credential {
  return { verify: async (password) => (await argon2()).verify(hash, password) }
}

async function argon2(): Promise<{ verify: (hash: string, password: Uint8Array) => Promise<boolean> }> {
  return import('@node-rs/argon2').catch(() => {
    throw new Error('Users with $argon2id$ need the package @node-rs/argon2: npm install @node-rs/argon2.')
  })
}

/** Throws a sentence where what a hash needs is not installed. */
export async function credentialPackagesCheck(hashes: string[]): Promise<void> {
  if (hashes.some((hash) => ARGON2.test(hash))) await argon2()
}

/** Memory, in kilobytes, is bounded to 4 GB, rounds and lanes to what no password needs. */
const ARGON2 = /^\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,2}\$[\w+/=]+\$[\w+/=]+$/

const base64 = (text: string): Buffer => Buffer.from(text, 'base64')

/** Reads the hash of a password_file's line; null: it is none that is known. */
export function credentialParse(hash: string): Credential | null {
  const scram = /^SCRAM-SHA-256\$(\d+):([\w+/=]+)\$([\w+/=]+):([\w+/=]+)$/.exec(hash)
  if (scram && Number(scram[1]) >= 1 && Number(scram[1]) <= ITERATIONS_MAX) {
    return scramCredential({
      iterations: Number(scram[1]), salt: base64(scram[2]), storedKey: base64(scram[3]), serverKey: base64(scram[4]),
    })
  }
  if (ARGON2.test(hash)) return argon2Credential(hash)
  const salted = /^\$6\$([\w+/=]+)\$([\w+/=]+)$/.exec(hash)
  if (salted) return sha512Credential(base64(salted[1]), base64(salted[2]))
  // As the plug-in go-auth writes it.
  const named = /^PBKDF2\$(sha256|sha512)\$(\d+)\$([\w+/=]+)\$([\w+/=]+)$/.exec(hash)
  if (named && Number(named[2]) >= 1 && Number(named[2]) <= ITERATIONS_MAX) {
    return pbkdf2Credential(Number(named[2]), base64(named[3]), base64(named[4]), named[1])
  }
  const rounds = /^\$7\$(\d+)\$([\w+/=]+)\$([\w+/=]+)$/.exec(hash)
  if (!rounds || Number(rounds[1]) < 1 || Number(rounds[1]) > ITERATIONS_MAX) return null
  return pbkdf2Credential(Number(rounds[1]), base64(rounds[2]), base64(rounds[3]))
}

/** A password that is known in words. */
export function credentialOf(password: string): Credential {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(passwordPrepared(Buffer.from(password)), salt, SCRAM_ITERATIONS, 32, 'sha256')
  return scramCredential(scramKeys(salted, SCRAM_ITERATIONS, salt))
}

/** A hash for a password_file, which mosquitto reads too; with `isScram` one for SCRAM-SHA-256, which it does not. */
export function passwordHash(password: string, isScram: boolean): string {
  if (isScram) {
    const { iterations, salt, storedKey, serverKey } = credentialOf(password).scram!
    const text = (bytes: Buffer): string => bytes.toString('base64')
    return `SCRAM-SHA-256$${iterations}:${text(salt)}$${text(storedKey)}:${text(serverKey)}`
  }
  const salt = randomBytes(12)
  const hash = pbkdf2Sync(password, salt, PBKDF2_ITERATIONS, 64, 'sha512')
  return `$7$${PBKDF2_ITERATIONS}$${salt.toString('base64')}$${hash.toString('base64')}`
}
