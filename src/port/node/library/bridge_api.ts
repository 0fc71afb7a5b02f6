// The library's types of bridges; the build ships them in one file with those of api.ts.

export interface BridgeAddress {
  host: string
  /** 1883, or 8883 with TLS. */
  port?: number
}

/** TLS towards the other broker; files are PEM, and are read when the broker starts and by certificatesReload. */
export interface BridgeTls {
  /** Authorities that the broker's certificate is judged by; without them, those that Node knows. */
  cafile?: string
  /** A folder whose files ending with .crt or .pem are such authorities. */
  capath?: string
  /** The bridge's own certificate and its key. */
  certfile?: string
  keyfile?: string
  /** The certificate may be another host's. */
  insecure?: boolean
  /** Protocols of ALPN. */
  alpn?: string[]
  /** The lowest version that is spoken; TLSv1.2 unless told. */
  minVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** OpenSSL's list of ciphers. */
  ciphers?: string
  /** A key that both brokers have, in hexadecimal, in the place of all certificates. */
  psk?: { identity: string, key: string }
}

/** Topics that a bridge carries; the first line that a topic matches says what it is called on the other side. */
export interface BridgeTopic {
  /** A Topic Filter behind the prefixes; '' with both prefixes: one topic, under another name there. */
  pattern: string
  /** out unless told. */
  direction?: 'out' | 'in' | 'both'
  /** The highest QoS that messages are carried at; 0 unless told. */
  qos?: 0 | 1 | 2
  /** What stands in front of it here, and there: prefixes end with a slash. */
  localPrefix?: string
  remotePrefix?: string
}

/** A connection to another broker, by the words of mosquitto.conf, whose defaults it has where nothing else is said. */
export interface BridgeOptions {
  name: string
  /** The first is preferred, the others are for when it is away. */
  addresses: BridgeAddress[]
  /** All addresses are alike. */
  roundRobin?: boolean
  topics: BridgeTopic[]
  /**
   * Who the bridge is there; this computer's name, a dot and the bridge's, as mosquitto has it, unless told. With a
   * `method` the password is not shown: MQTT 5.0's enhanced authentication proves it, of both brokers.
   */
  remote?: { clientIdentifier?: string, userName?: string, password?: string, method?: 'SCRAM-SHA-256' }
  /**
   * Who it is here: `local.` and the one there. With a User Name the access rules of that user hold for it: of
   * the broker's own, or of a realm.
   */
  local?: { clientIdentifier?: string, userName?: string, realm?: string }
  /** The other broker forgets the bridge when the connection ends. */
  cleanSession?: boolean
  /** This broker does: what is published while there is no connection is not kept. As cleanSession unless told. */
  localCleanSession?: boolean
  /** Whether 1 and 0 are retained, here and there, on the topic of the bridge's state; true unless told. */
  notifications?: boolean
  notificationsLocalOnly?: boolean
  /** $SYS/broker/connection/<client identifier there>/state unless told. */
  notificationTopic?: string
  /** Seconds; 60 unless told. */
  keepAlive?: number
  /** Seconds until the next try: always the same, or growing by chance from the first to the second; [5, 30]. */
  restartTimeout?: number | [base: number, cap: number]
  /** lazy connects when `threshold` messages wait (10), and leaves after `idleTimeout` seconds of silence (60). */
  start?: 'automatic' | 'once' | 'lazy'
  threshold?: number
  idleTimeout?: number
  /**
   * Messages of QoS 1 and 2 that are kept for the other broker, 0: no limit; what `limits` say for
   * every client where they do, else 10,000.
   */
  queuedMessages?: number
  /** Bytes of their payloads, 0: no limit; what `limits` say for every client where they do, else no limit. */
  queuedBytes?: number
  /**
   * What happens where a message would be too many: `newest`, it is refused, unless told; `oldest`, the oldest ones go;
   * `latest`, each topic has one message that waits, its last, and then the oldest go.
   */
  queuePolicy?: 'newest' | 'oldest' | 'latest'
  /** Say to brokers of 3.1.1 that a bridge comes; true unless told. */
  tryPrivate?: boolean
  /** 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0; 5.0, and 3.1.1 where it is refused, unless told. */
  protocolVersion?: 3 | 4 | 5
  /** Seconds that the session there outlives the connection; for ever unless told. Only in 5.0. */
  sessionExpiry?: number
  /** Bytes of the largest packet that is sent; 0: what the other broker takes. */
  packetSize?: number
  /** QoS 1 and 2 messages that the other broker may have under way; 256 unless told. Only in 5.0. */
  receiveMaximum?: number
  /** Topic Aliases that are used towards the other broker at most; 10 unless told. */
  topicAliases?: number
  /** false: nothing is retained there. */
  outgoingRetain?: boolean
  /** Whether subscriptions to what only goes out are ended there; true unless told. */
  attemptUnsubscribe?: boolean
  /** The address of this computer to connect from. */
  bindAddress?: string
  tls?: BridgeTls
}

/** Something about a bridge that its owner should know; of what happens again and again the first time. */
export interface BridgeEvent {
  bridge: string
  level: 'error' | 'warning' | 'notice' | 'information'
  message: string
}

/** What a bridge has done; counts only grow. */
export interface BridgeStatistics {
  name: string
  isConnected: boolean
  /** Messages of QoS 1 and 2 that wait or are under way. */
  queued: number
  /** Bytes of their payloads. */
  queuedBytes: number
  /** Seconds that the oldest of them has waited, as far back as the start of the program. */
  queuedSeconds: number
  /** Messages of this side that were not kept, or not any more, by the bounds and the policy of the queue. */
  queueDropped: number
  /** Messages that the other broker has taken; at QoS 0: that were sent. */
  sent: number
  received: number
  /** Messages that the other broker refused for good, or closed the connection for. */
  refused: number
  /** Messages that are larger than the other side takes. */
  tooLarge: number
  /** Messages that had come round in a circle. */
  looped: number
  /** Messages that no line carries, from subscriptions of another time, and what this broker would not take. */
  dropped: number
  connects: number
}
