// A bridge's socket to another broker, with TLS where it is asked for.
import { type Socket, connect, isIP } from 'node:net'
import { type ConnectionOptions, connect as connectTls, createSecureContext } from 'node:tls'
import type { BridgeAddress, BridgeTls } from '../library/bridge_api'
import { authoritiesOf, pemOf } from '../pem_files'

/** How to connect with TLS: what the files of its options held when they were read. */
export type TlsTerms = ConnectionOptions

/** By a key that both have, which proves the other broker too. */
function pskTermsOf({ identity, key }: NonNullable<BridgeTls['psk']>): TlsTerms {
  return {
    ciphers: 'PSK',
    // Keys of 1.3 have hashes of their own, and mosquitto does not know them.
    minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2',
    pskCallback: () => ({ psk: Buffer.from(key, 'hex'), identity }),
    // There is no certificate that could be another host's.
    checkServerIdentity: () => undefined,
  }
}

/** Reads the files; throws where one cannot be read or is not what it should be. */
export function tlsTermsOf(tls: BridgeTls): TlsTerms {
  const terms: TlsTerms = {
    ca: authoritiesOf(tls), cert: pemOf(tls.certfile), key: pemOf(tls.keyfile), minVersion: tls.minVersion ?? 'TLSv1.2',
    ...tls.psk ? pskTermsOf(tls.psk) : {},
    ...tls.ciphers ? { ciphers: tls.ciphers } : {},
    ...tls.alpn ? { ALPNProtocols: tls.alpn } : {},
    // The chain is judged all the same.
    ...tls.insecure ? { checkServerIdentity: () => undefined } : {},
  }
  createSecureContext(terms)
  return terms
}

/**
 * Begins to connect; `opened` is called when bytes can be sent, with TLS when the certificate was found good. The
 * socket's `close` is the end of it, and `error` comes before that where there is a reason.
 */
export function networkConnect(
  { host, port }: Required<BridgeAddress>, tls: TlsTerms | undefined, localAddress: string | undefined,
  opened: () => void,
): Socket {
  const socket = tls
    ? connectTls({ ...tls, host, port, servername: isIP(host) ? '' : host, ...{ localAddress } }, opened)
    : connect({ host, port, localAddress }, opened)
  // A small packet would wait for the acknowledgement of the one before.
  socket.setNoDelay(true)
  return socket
}
