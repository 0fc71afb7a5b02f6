// The library's types of messages, and of what hooks are told of them; the build ships them in one file with those of
// api.ts.

export type QoS = 0 | 1 | 2

/** Properties of a message in MQTT 5.0; what it has not is undefined. */
export interface MessageProperties {
  /** 1: the payload is text in UTF-8. */
  payloadFormatIndicator?: 0 | 1
  /** Seconds; of a message that was received what is left of them. */
  messageExpiryInterval?: number
  contentType?: string
  /** The Topic Name for an answer, and what is to stand in it. */
  responseTopic?: string
  correlationData?: Uint8Array
  /** In their order; a name may be there more than once. */
  userProperties?: [name: string, value: string][]
}

/** What a client wants to publish, its Will among it. */
export interface PublishRequest {
  clientIdentifier: string
  userName: string | undefined
  action: 'publish'
  topic: string
  /** A copy; empty where payloadSize is there. */
  payload: Uint8Array
  /** Bytes of the payload of a packet of more than 4 MiB, which is not in memory. */
  payloadSize?: number
  qos: QoS
  retain: boolean
  /** undefined: it has none. */
  properties?: MessageProperties
}

/** What a client wants to subscribe to: a Topic Filter, without $share and the group, and the QoS that it asks for. */
export interface SubscribeRequest {
  clientIdentifier: string
  userName: string | undefined
  action: 'subscribe'
  topic: string
  qos: QoS
}

/** What a client wants to do. */
export type AccessRequest = PublishRequest | SubscribeRequest

export interface PublishOptions { qos?: QoS, retain?: boolean, properties?: MessageProperties }

/** `subscriptionIdentifier` is told with each message, from 1 to 268,435,455. */
export interface SubscribeOptions { qos?: QoS, subscriptionIdentifier?: number }

export interface ReceivedProperties extends MessageProperties {
  /** Those of the subscriptions that it came by: of this one, where it has one. */
  subscriptionIdentifiers?: number[]
}

/** `properties`: undefined where it has none. */
export interface Message {
  topic: string, payload: Uint8Array, qos: QoS, retain: boolean, properties?: ReceivedProperties
}
