// What a program asks for, judged before anything is done: a wrong call says what is wrong, and changes nothing.
import type { Duplex } from 'node:stream'
import { isTopicFilter } from '../../../client/topic_filter'
import type {
  AccessRule, BrokerOptions, ConnectedClient, ControlRequest, ListenerOptions, Message, PublishOptions,
  SubscribeOptions, UserPassword,
} from './api'
import { type Shape, hasFunctions, isFunction, isOptions, isText, isTrueOrFalse, shown } from './option_shape'
import {
  areAccessRules, areBrokerOptions, areRealms, isListener, isMqttText, isQos, isUsers,
} from './option_shapes'
import type { Realm } from './realm_api'

const PUBLISH: Shape<PublishOptions> = { qos: isQos, retain: isTrueOrFalse }
const SUBSCRIBE: Shape<SubscribeOptions> = { qos: isQos }

const arePublishOptions = isOptions(PUBLISH)
const areSubscribeOptions = isOptions(SUBSCRIBE)
const isStream = hasFunctions('on', 'read', 'pause', 'resume', 'write', 'end', 'destroy')

export function brokerOptionsCheck(options: unknown): asserts options is BrokerOptions {
  areBrokerOptions(options, '')
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
  if (!isMqttText(topic) || topic === '' || /[+#]/.test(topic)) {
    throw new TypeError(`${shown(topic)} is no Topic Name.`)
  }
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array)) {
    throw new TypeError(`The payload is ${typeof payload}; give a string or a Uint8Array.`)
  }
  return typeof payload === 'string' ? Buffer.from(payload) : payload
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
