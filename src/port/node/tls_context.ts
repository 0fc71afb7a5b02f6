// The TLS of a listener, from its files.
import { type SecureContextOptions, type TlsOptions, createSecureContext } from 'node:tls'
import type { TlsFiles } from './library/api'
import { authoritiesOf, pemOf } from './pem_files'

/** Milliseconds that a client has for its handshake. */
const HANDSHAKE_MS_MAX = 10_000

/** What the files hold now; throws where one cannot be read or is not what it should be. */
export function secureContextOf(files: TlsFiles): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: pemOf(files.certfile),
    key: pemOf(files.keyfile),
    ca: authoritiesOf(files),
    crl: pemOf(files.crlfile),
    dhparam: pemOf(files.dhparamfile),
    minVersion: files.minVersion ?? 'TLSv1.2',
    ciphers: files.ciphers,
  }
  createSecureContext(options)
  return options
}

/** Identities that connections have proved by a key that both sides have. */
const identities = new WeakMap<object, string>()

/** Who a connection is by its key; undefined: it has none. */
export const pskIdentityOf = (socket: object): string | undefined => identities.get(socket)

/** TLS by keys: `keyOf` answers that of an identity, in hexadecimal. */
export function pskOptionsOf(
  hint: string, ciphers: string | undefined, keyOf: (identity: string) => string | undefined,
): TlsOptions {
  return {
    pskIdentityHint: hint,
    ciphers: ciphers ?? 'PSK',
    // Keys of 1.3 have hashes of their own, and mosquitto's clients do not know them.
    minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_MS_MAX,
    pskCallback: (socket, identity) => {
      const key = keyOf(identity)
      if (key === undefined) return null
      identities.set(socket, identity)
      return Buffer.from(key, 'hex')
    },
  }
}

export function tlsOptionsOf(files: TlsFiles): TlsOptions {
  return {
    ...secureContextOf(files),
    // A certificate is asked for where there are authorities to judge it by.
    requestCert: files.cafile !== undefined || files.capath !== undefined,
    rejectUnauthorized: files.requireCertificate === true,
    handshakeTimeout: HANDSHAKE_MS_MAX,
  }
}
