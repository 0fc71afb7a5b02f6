// The library's types of tokens; the build ships them in one file with those of api.ts.
import type { AccessRule } from './realm_api'

/**
 * JSON Web Tokens by which clients come in: as their password, or by AUTH with the method OAUTH2-JWT. A token must be
 * signed by one of the keys and have an end (`exp`), which is that of the connection. Needs the package jose.
 */
export interface TokenOptions {
  /** Files of public keys: PEM, a JWK, or a set of them (JWKS). */
  keyFiles?: string[]
  /** A JWKS by https, or by http from this computer; what signs it, PEM, where it is not for everybody. */
  keysUrl?: string
  keysAuthority?: string
  /** Seconds for which a fetched JWKS is good; 600 unless told. */
  keysMaxAge?: number
  /** Files of keys that both sides have, for HS256, HS384 and HS512: 32 bytes at the least, line ends left out. */
  secretFiles?: string[]
  /** Such keys themselves. */
  secrets?: string[]
  /** A token may be the User Name, as some clients have it: then no password is looked at. */
  isUserName?: boolean
  /** Some of RS256, RS384, RS512, PS256 …, ES256, ES384, ES512, EdDSA, HS256, HS384, HS512; all unless told. */
  algorithms?: string[]
  /** Of whom a token must be (`iss`) and for whom (`aud`), one of each; with keysUrl both must be said. */
  issuers?: string[]
  audiences?: string[]
  /** What `typ` must say: at+jwt, say, for access tokens of OAuth 2.0 (RFC 9068). */
  type?: string
  /** Seconds by which clocks may differ; 0 unless told. */
  leeway?: number
  /** The claim that is the User Name; sub unless told. A dot goes into an object where no claim has the whole name. */
  userClaim?: string
  /** Claims with Topic Filters, one or a list, in which a level %u or %c is one of the client's names. */
  publishClaim?: string
  subscribeClaim?: string
  topicsClaim?: string
  /** What a word of the claim `scope` (or `scp`) lets its client do. */
  scopes?: TokenScope[]
}

export interface TokenScope {
  scope: string
  access: Exclude<AccessRule['access'], 'deny'>
  filter: string
}
