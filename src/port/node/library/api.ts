// The library's types; the build ships them, with those of bridges and realms, in one file: dist/host/index.d.ts.
import type { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import type { BridgeEvent, BridgeOptions, BridgeStatistics } from './bridge_api'
import type { ClusterEvent, ClusterOptions, ClusterStatistics } from './cluster_api'
import type { AuditEvent, Ban, GuardOptions, TraceEvent } from './guard_api'
import type { Limits } from './limits_api'
import type { MdnsEvent, MdnsOptions } from './mdns_api'
import type { AccessRequest, Message, PublishOptions, QoS, SubscribeOptions } from './message_api'
import type { PayloadRule } from './payload_api'
import type { AccessRule, CertificateRule, ClientClaim, Realm, UserPassword } from './realm_api'
import type { TokenOptions } from './token_api'

export type * from './bridge_api'
export type * from './cluster_api'
export type * from './guard_api'
export type * from './limits_api'
export type * from './mdns_api'
export type * from './message_api'
export type * from './payload_api'
export type * from './realm_api'
export type * from './token_api'

export interface ConnectedClient { clientIdentifier: string, userName: string | undefined, address: string }

/** What a client has published under $CONTROL/ who may. */
export interface ControlRequest {
  topic: string, payload: Uint8Array, clientIdentifier: string, userName: string | undefined
}

export interface BrokerOptions {
  /** Users by name. With users and no allowAnonymous, nobody else is let in. */
  users?: Record<string, UserPassword>
  /** Clients without a User Name; only from this computer where it is not said and there are no users. */
  allowAnonymous?: boolean
  accessRules?: AccessRule[]
  /** Tokens by which clients come in, beside users. */
  tokens?: TokenOptions
  /**
   * Judges clients in the place of `users`: true and 0 let in, false refuses, and so does any other Reason Code that
   * CONNACK has. What else it answers, or throws, refuses with 0x80, and what takes more than 30 seconds with 0x88.
   */
  authenticate?: (claim: ClientClaim) => boolean | number | Promise<boolean | number>
  /**
   * Judges every publication and subscription; until it has, its client is not read. What throws, answers anything but
   * true, or takes more than 30 seconds for a packet has not said yes.
   */
  authorize?: (request: AccessRequest) => boolean | Promise<boolean>
  limits?: Limits
  /** Bounds for what clients and addresses do. */
  guard?: GuardOptions
  /** What clients' messages must be; the program's own and those of bridges are not judged. */
  payloadRules?: PayloadRule[]
  /**
   * Keeps sessions, subscriptions, queued and retained messages, so that nothing that was acknowledged is lost when the
   * program ends, in whatever way. Without it the broker forgets everything. Needs the package classic-level.
   */
  persistence?: Persistence
  /** Where payloads of more than 4 MiB are put; not in a cluster, which takes none. */
  spool?: Spool
  /** Other brokers that topics are carried to and from. */
  bridges?: BridgeOptions[]
  /**
   * Makes this one of several gateways that are one broker, on NATS JetStream. Not with persistence, which the engine
   * has, nor with bridges. Needs the packages @nats-io/transport-node, @nats-io/jetstream and @nats-io/kv.
   */
  cluster?: ClusterOptions
  /** Announces its listeners, and the host's name, by mDNS until it ends. Needs the package @homebridge/ciao. */
  mdns?: MdnsOptions
}

/**
 * A folder for this broker alone, which is made where there is none; bytes that are kept at most: then QoS 1 and 2 are
 * refused, as they are before the disk is full.
 */
export interface Persistence { location: string, sizeMax?: number }

/**
 * A folder for files that are gone with the program, /var/tmp or the system's for temporary files unless told; with
 * persistence they are kept in its folder. Bytes of all of them together, 2 GiB unless told: beyond them QoS 1 and 2
 * are refused, and QoS 0 is dropped. 0: no packet has more than 4 MiB.
 */
export interface Spool { location?: string, sizeMax?: number }

/** Files of a listener's TLS; read when it starts to listen, and again by certificatesReload. */
export interface TlsFiles {
  /** The server's certificate and the chain above it, PEM. */
  certfile: string
  /** Its private key, PEM. */
  keyfile: string
  /** Authorities whose client certificates are good, PEM. */
  cafile?: string
  /** A folder of such files, whose names end with .crt or .pem. */
  capath?: string
  /** Diffie-Hellman parameters for TLS 1.2, PEM; elliptic curves alone unless told. */
  dhparamfile?: string
  /** Certificates that were revoked, PEM. */
  crlfile?: string
  /** The lowest version that is spoken; TLSv1.2 unless told. */
  minVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** OpenSSL's list of ciphers. */
  ciphers?: string
  /** Only clients with a certificate of these authorities are let in. */
  requireCertificate?: boolean
}

export interface ListenerOptions {
  /** mqtt unless told. */
  protocol?: 'mqtt' | 'websockets'
  /** TCP port; 0 takes a free one. */
  port?: number
  /** Address to listen on, or * for all; 127.0.0.1 unless told. */
  host?: string
  /** A Unix socket instead of a port. */
  path?: string
  tls?: TlsFiles
  /** TLS 1.2 by keys of the realm and not by certificates: the hint for clients, and OpenSSL's list of ciphers. */
  pskHint?: string
  pskCiphers?: string
  /** Of WebSockets: bytes of a request's headers, 16,384 unless told; a folder of files for whoever asks for some. */
  headersSize?: number
  httpFolder?: string
  /**
   * Of WebSockets: the broker's page stands beside them, for whoever has a browser; what it shows is published under
   * $SYS/broker/dashboard/ while one is open. Of browsers only those on it and on `origins` may connect.
   */
  dashboard?: boolean
  /** Origins that browsers may come from, as `https://example.org`; any unless told. */
  origins?: string[]
  /** Network Connections of this listener at a time. */
  maxConnections?: number
  /** false: small packets may wait to be sent together with later ones. */
  noDelay?: boolean
  /**
   * A proxy in front says by the PROXY protocol where its clients are; nobody else may reach the listener. Version 2
   * can say what the proxy has found of their TLS, which may be required.
   */
  proxyProtocol?: { version: 1 | 2, requireTls?: boolean, requireCertificate?: boolean }
  /** A client without a User Name is let in; where it is not said, the broker's own rule goes. */
  allowAnonymous?: boolean
  /** The Common Name of the certificate, or the key's identity, is the User Name, and no password is asked. */
  identityAsUserName?: boolean
  /** The whole subject of the certificate is its User Name, in the order of RFC 2253: CN=anna,O=home. */
  subjectAsUserName?: boolean
  /** Rules for the User Name by the certificate, the first that fits; where none does nobody is let in. */
  certificateUsers?: CertificateRule[]
  /** Which realm of `realmsSet` its clients are of; the broker's own users and rules are for those of none. */
  realm?: string
  /** The highest QoS that its clients may use; 2 unless told. */
  qosMax?: QoS
  /** In front of its clients' topics inside the broker; whether a User Name, which must be there, is who they are. */
  mountPoint?: string
  userNameAsClientIdentifier?: boolean
  /** What identifiers begin with that the broker gives its clients; the realm's unless told. */
  assignedPrefix?: string
  /** Client Identifiers must begin with this. */
  clientIdentifierPrefix?: string
  /** Protocol versions that are spoken: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0; all unless told. */
  protocolVersions?: (3 | 4 | 5)[]
}

export interface ClientEvent {
  address?: string, clientIdentifier?: string, userName?: string, version?: string, reasonCode?: number
}

/**
 * full: QoS 1 and 2 are refused with 0x97, as are sessions and retained messages. failed: it could not be written, and
 * who waited was cut off. good: neither any more. `reason` is for people.
 */
export interface StoreEvent { state: 'good' | 'full' | 'failed', reason: string }

/** Events come after what they tell of, never in the middle of it. */
export interface BrokerEvents {
  /** A client has its CONNACK. */
  connect: [ClientEvent]
  /** Its connection has ended. */
  disconnect: [ClientEvent]
  /** A client was not let in. */
  refused: [ClientEvent]
  /** A client's message was refused. */
  publishRefused: [ClientEvent]
  /** A connection was turned away: there was no slot. */
  full: [ClientEvent]
  /** What the broker keeps has no room any more, cannot be written, or can again. */
  store: [StoreEvent]
  /** Who was let in, refused and why, and what was denied. */
  audit: [AuditEvent]
  trace: [TraceEvent]
  /** A bridge has connected, could not, or had to leave something out. */
  bridge: [BridgeEvent]
  /** The engine of the cluster does not answer, or does again. */
  cluster: [ClusterEvent]
  /** What mDNS says of the broker, and what it cannot. */
  mdns: [MdnsEvent]
}

export interface Broker extends EventEmitter<BrokerEvents> {
  /**
   * Ends when what was kept is there again, at once without persistence; rejects with a sentence where it is not.
   * Everything else waits for it by itself.
   */
  opened(): Promise<void>
  /** Listens; answers the port. Rejects after `close`. */
  listen(options?: ListenerOptions): Promise<number>
  /** Makes any duplex stream a client's connection; false: there is no room, or the broker has closed. */
  attach(stream: Duplex, address?: string): boolean
  /**
   * Publishes; at QoS 1 and 2 it ends when the broker has taken the message, and rejects where it has not. Of messages
   * at once only so many are under way, and the others wait their turn. A wrong call rejects and changes nothing.
   */
  publish(topic: string, payload: string | Uint8Array, options?: PublishOptions): Promise<void>
  /**
   * Hands every matching message to `handler`, the retained ones first; answers the function that ends it. Each handler
   * is a subscription of its own: another one for the same filter or for one that overlaps changes nothing for it.
   */
  subscribe(
    filter: string, handler: (message: Message) => void, options?: SubscribeOptions,
  ): Promise<() => Promise<void>>
  /** Other users from now on; who is connected stays so. */
  usersSet(users: Record<string, UserPassword> | undefined, allowAnonymous?: boolean): void
  /** Other realms from now on, all of them; who is connected stays so, and is judged by his realm as it is now. */
  realmsSet(realms: Record<string, Realm>): void
  /** Judges of realms may say something else from now on than what they said. */
  rightsChanged(): void
  /** What clients publish under $CONTROL/ goes to `handler` from now on, and to nobody else; it is never retained. */
  controlTo(handler: (request: ControlRequest) => void): void
  /** Ends connections of clients, without their Wills; who speaks 5.0 is told 0x98. */
  disconnect(isWanted: (client: ConnectedClient) => boolean): void
  clients(): ConnectedClient[]
  /** Bans that stand, those of addresses of IPv6 as their /64. */
  bans(): Ban[]
  /** Does not let an address in for so many seconds, and ends its connections; 0 lifts its ban. */
  ban(address: string, seconds: number): void
  /** Publishes at QoS 1 where no client may: below $SYS. False: there is no room. */
  sysPublish(topic: string, payload: string): boolean
  /** Other access rules from now on. */
  accessRulesSet(rules: AccessRule[]): void
  /** Reads the certificates of listeners and bridges again. */
  certificatesReload(): void
  /** What the broker has counted, by the names of $SYS/broker. */
  statistics(): Record<string, number>
  /** What its bridges have done. */
  bridges(): BridgeStatistics[]
  /** How it is with the cluster; null: it is in none. */
  cluster(): ClusterStatistics | null
  /** Sends all clients to other gateways of the cluster, of 5.0 with a Server Reference, and ends. */
  drain(): Promise<void>
  /** Ends: lets QoS 1 and 2 finish within two seconds, tells clients, closes; everything is kept by then. */
  close(): Promise<void>
}

/**
 * Makes a broker with tables of its own; several may live in one process. Here as everywhere, an argument that is not
 * what it should be, or an option that there is not, is a TypeError or a RangeError at once, and changes nothing.
 */
export declare function createBroker(options?: BrokerOptions): Broker
