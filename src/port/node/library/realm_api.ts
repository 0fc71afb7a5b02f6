// The library's types of who may come in and do what; the build ships them in one file with those of api.ts.
import type { TokenOptions } from './token_api'

/** A password in words, or its hash as mosquitto_passwd or `midge-mqtt passwd` writes it. */
export type UserPassword = string | { hash: string }

/** What a client says of itself. */
export interface ClientClaim {
  clientIdentifier: string, userName: string | undefined, password: Uint8Array | undefined, address: string
}

/** A rule in the manner of mosquitto's acl_file. With rules, what none of them grants is denied; deny wins. */
export interface AccessRule {
  /** Whom it is for; everybody where neither is said. `null` is clients without a User Name. */
  userName?: string | null
  clientIdentifier?: string
  access: 'read' | 'write' | 'readwrite' | 'deny'
  /** In a rule for everybody %u stands for the User Name and %c for the Client Identifier. */
  filter: string
}

/**
 * Whose a certificate is: the one that has a name in `field` which fits `pattern`, in which * is any text. In the User
 * Name $1 is the text of the first star. Fields are the Common Name, the whole subject (as RFC 2253 has it), those of
 * the Subject Alternative Name, the serial number and the SHA-256 fingerprint in hexadecimal, as Node writes them.
 */
export interface CertificateRule {
  field: 'cn' | 'subject' | 'dns' | 'email' | 'uri' | 'ip' | 'serial' | 'fingerprint'
  pattern: string
  userName: string
}

/** What is done with a topic or, of the last two, with a filter. */
export type AccessAction = 'publish' | 'receive' | 'subscribe' | 'unsubscribe'

/** What a client of a realm wants to do, or is to be sent. */
export interface RealmRequest {
  clientIdentifier: string, userName: string | undefined, action: AccessAction, topic: string
}

/** Judges clients in the place of users and rules. */
export interface RealmJudge {
  /** undefined: it does not know the user, and the realm's own users are asked. */
  authenticate(claim: ClientClaim): boolean | undefined | Promise<boolean | undefined>
  /** Answers at once, and is not asked the same again until `rightsChanged`. */
  allows(request: RealmRequest): boolean
}

/** Who may come in at the listeners that name it, and who may do what there: judged as mosquitto judges its files. */
export interface Realm {
  /** Users by name; without any, whoever is let in may call himself what he likes. */
  users?: Record<string, UserPassword>
  allowAnonymous: boolean
  /** A client's own rules come first, and where they say nothing those for everybody. SUBSCRIBE is always granted. */
  accessRules?: AccessRule[]
  /** Tokens by which clients come in, beside users. */
  tokens?: TokenOptions
  /** For listeners with a pskHint: by identity, in hexadecimal. */
  pskKeys?: Record<string, string>
  /** Judges in the place of accessRules, and of users that it knows. */
  judge?: RealmJudge
  /** Whether a client may leave its Client Identifier to the broker. */
  emptyClientIdentifier?: boolean
  /** What the identifiers begin with that the broker gives; midge- unless told. */
  assignedPrefix?: string
}
