// What a listener can be told.

/** Files of a listener's TLS; read when it starts to listen, and again by listenersReload. */
export interface TlsFiles {
  /** The server's certificate and the chain above it, PEM. */
  certfile: string
  /** Its private key, PEM. */
  keyfile: string
  /** Authorities whose client certificates are good, PEM. */
  cafile?: string
  /** Certificates that were revoked, PEM. */
  crlfile?: string
  /** The lowest version that is spoken; TLSv1.2 unless told. */
  minVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** OpenSSL's list of ciphers. */
  ciphers?: string
  /** Only clients with a certificate of `cafile` are let in. */
  requireCertificate?: boolean
}

/** Who may come through a listener, and as whom. */
export interface ListenerTerms {
  /** A client without a User Name is let in; where it is not said, the broker's own rule goes. */
  allowAnonymous?: boolean
  /** The Common Name of the client's certificate is its User Name, and no password is asked. */
  identityAsUserName?: boolean
  /** Client Identifiers must begin with this. */
  clientIdentifierPrefix?: string
}

export interface ListenerOptions extends ListenerTerms {
  /** mqtt unless told. */
  protocol?: 'mqtt' | 'websockets'
  /** TCP port; 0 takes a free one. */
  port?: number
  /** Address to listen on, or * for all; 127.0.0.1 unless told. */
  host?: string
  /** A Unix socket instead of a port. */
  path?: string
  tls?: TlsFiles
  /** Network Connections of this listener at a time. */
  maxConnections?: number
  /** false: small packets may wait to be sent together with later ones. */
  noDelay?: boolean
}
