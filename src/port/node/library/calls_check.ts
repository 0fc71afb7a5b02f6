// What a program asks for, judged before anything is done: a wrong call says what is wrong, and changes nothing.
import { isUtf8 } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { isTopicFilter } from '../../../client/topic_filter'
import type {
  AccessRule, BrokerOptions, ConnectedClient, ControlRequest, ListenerOptions, Message, MessageProperties,
  PublishOptions, SubscribeOptions, UserPassword,
} from './api'
import {
  type Check, type Shape, hasFunctions, isFunction, isListOf, isOneOf, isOptions, isText, isTrueOrFalse, isWhole, shown,
} from './option_shape'
import { areBrokerOptions, isListener, isQos } from './option_shapes'
import type { Realm } from './realm_api'
import { areAccessRules, areRealms, isMqttText, isUsers } from './security_shapes'

const EXPIRY_MAX = 0xffff_ffff
const SUBSCRIPTION_IDENTIFIER_MAX = 268_435_455
const BINARY_SIZE_MAX = 65_535

const isField: Check = (value, name) => {
  if (!isMqttText(value)) throw new TypeError(`${name} is ${shown(value)}; give a string of at most 65,535 bytes.`)
}

/** [MQTT-4.7.1-1] [MQTT-4.7.3-1] */
const isTopicName = (value: unknown): boolean => isMqttText(value) && value !== '' && !/[+#]/.test(value)

const PROPERTIES: Shape<MessageProperties> = {
  payloadFormatIndicator: isOneOf(0, 1),
  messageExpiryInterval: isWhole(0, EXPIRY_MAX),
  contentType: isField,
  responseTopic: (value, name) => {
    // [MQTT-3.3.2-14]
    if (!isTopicName(value)) throw new TypeError(`${name} is ${shown(value)}: no Topic Name.`)
  },
  correlationData: (value, name) => {
    if (!(value instanceof Uint8Array)) throw new TypeError(`${name} is ${shown(value)}; give a Uint8Array.`)
    if (value.length > BINARY_SIZE_MAX) throw new RangeError(`${name} has over ${BINARY_SIZE_MAX} bytes.`)
  },
  userProperties: isListOf((value, name) => {
    isListOf(isField)(value, name)
    if ((value as unknown[]).length !== 2) throw new TypeError(`${name} is no pair; give a list of a name and a value.`)
  }),
}

const PUBLISH: Shape<PublishOptions> = { qos: isQos, retain: isTrueOrFalse, properties: isOptions(PROPERTIES) }
const SUBSCRIBE: Shape<SubscribeOptions> = {
  qos: isQos, subscriptionIdentifier: isWhole(1, SUBSCRIPTION_IDENTIFIER_MAX),
}

const arePublishOptions = isOptions(PUBLISH)
const areSubscribeOptions = isOptions(SUBSCRIBE)
const isStream = hasFunctions('on', 'read', 'pause', 'resume', 'write', 'end', 'destroy')

export function brokerOptionsCheck(options: unknown): asserts options is BrokerOptions {
  areBrokerOptions(options, '')
}

/** Seconds may be parts of one. */
export function banCheck(address: unknown, seconds: unknown): void {
  isText(address, 'The address')
  if (typeof seconds !== 'number') throw new TypeError(`seconds is ${shown(seconds)}; give a number.`)
  if (!(seconds >= 0)) throw new RangeError(`seconds is ${seconds}; it goes from 0 to any number.`)
}

export function listenCheck(options: unknown): asserts options is ListenerOptions {
  isListener(options, '')
}

export function attachCheck(stream: unknown, address: unknown): asserts stream is Duplex {
  isStream(stream, 'The stream')
  isText(address, 'The address')
}

/** Answers the payload's bytes. */
export function publishCheck(topic: unknown, payload: unknown, options: PublishOptions): Uint8Array {
  arePublishOptions(options, '')
  if (!isTopicName(topic)) throw new TypeError(`${shown(topic)} is no Topic Name.`)
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array)) {
    throw new TypeError(`The payload is ${typeof payload}; give a string or a Uint8Array.`)
  }
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  // The broker would close whoever says so, and its own client is the program's.
  if (options.properties?.payloadFormatIndicator && !isUtf8(bytes)) {
    throw new TypeError('payloadFormatIndicator is 1, and the payload is no UTF-8.')
  }
  return bytes
}

export function subscribeCheck(
  filter: unknown, handler: unknown, options: SubscribeOptions,
): asserts handler is (message: Message) => void {
  areSubscribeOptions(options, '')
  // [MQTT-4.8.2-1] [MQTT-4.8.2-2]
  const wanted = isMqttText(filter) ? filter.replace(/^\$share\/[^/+#]+\//, '') : ''
  const isFilter = isTopicFilter(wanted) && !/^\$share(\/|$)/.test(wanted)
  if (!isFilter) throw new TypeError(`${shown(filter)} is no Topic Filter.`)
  isFunction(handler, 'The handler')
}

export function usersCheck(
  users: unknown, allowAnonymous: unknown,
): asserts users is Record<string, UserPassword> | undefined {
  if (users !== undefined) isUsers(users, 'users')
  if (allowAnonymous !== undefined) isTrueOrFalse(allowAnonymous, 'allowAnonymous')
}

export function realmsCheck(realms: unknown): asserts realms is Record<string, Realm> {
  areRealms(realms, 'realms')
}

export function accessRulesCheck(rules: unknown): asserts rules is AccessRule[] {
  areAccessRules(rules, 'rules')
}

export function controlCheck(handler: unknown): asserts handler is (request: ControlRequest) => void {
  isFunction(handler, 'The handler')
}

export function disconnectCheck(isWanted: unknown): asserts isWanted is (client: ConnectedClient) => boolean {
  isFunction(isWanted, 'What says who is wanted')
}
