// The TLS of a listener, from its files.
import { readFileSync } from 'node:fs'
import { type SecureContextOptions, type TlsOptions, createSecureContext } from 'node:tls'
import type { TlsFiles } from './library/api'

/** Milliseconds that a client has for its handshake. */
const HANDSHAKE_MS_MAX = 10_000

const read = (file: string | undefined): Buffer | undefined => file === undefined ? undefined : readFileSync(file)

/** What the files hold now; throws where one cannot be read or is not what it should be. */
export function secureContextOf(files: TlsFiles): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: read(files.certfile),
    key: read(files.keyfile),
    ca: read(files.cafile),
    crl: read(files.crlfile),
    minVersion: files.minVersion ?? 'TLSv1.2',
    ciphers: files.ciphers,
  }
  createSecureContext(options)
  return options
}

export function tlsOptionsOf(files: TlsFiles): TlsOptions {
  return {
    ...secureContextOf(files),
    // A certificate is asked for where there are authorities to judge it by.
    requestCert: files.cafile !== undefined,
    rejectUnauthorized: files.requireCertificate === true,
    handshakeTimeout: HANDSHAKE_MS_MAX,
  }
}
