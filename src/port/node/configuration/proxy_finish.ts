// A listener behind a proxy when all of its keys have been read: what the proxy must say of its clients' TLS.
import type { ListenerOptions } from '../library/api'
import type { ListenerDraft } from './draft'
import { ConfigurationError } from './entries'

/** Its options, with what is asked of the proxy; certificates are its to judge where the listener has no TLS. */
export function finishProxy({ options, tls, place, proxyTls }: ListenerDraft): ListenerOptions {
  const { proxyProtocol } = options
  const wrong = (sentence: string): never => {
    throw new ConfigurationError(proxyTls?.place ?? place, sentence)
  }
  if (proxyTls?.isRequired && proxyProtocol?.version !== 2) {
    wrong('proxy_protocol_v2_require_tls needs enable_proxy_protocol 2; add it.')
  }
  if (!proxyProtocol) return options
  const requireTls = proxyTls?.isRequired
  if (tls.certfile !== undefined) return { ...options, proxyProtocol: { ...proxyProtocol, requireTls } }
  const requireCertificate = tls.requireCertificate === true || options.identityAsUserName === true
  if (requireCertificate && proxyProtocol.version !== 2) {
    wrong('only enable_proxy_protocol 2 tells of certificates; say 2, or give this listener a certfile.')
  }
  return { ...options, proxyProtocol: { ...proxyProtocol, requireTls, requireCertificate } }
}
