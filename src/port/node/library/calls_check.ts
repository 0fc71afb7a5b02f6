// What a program asks for, judged before anything is done: a wrong call says what is wrong, and changes nothing.
import { isTopicFilter } from '../../../client/topic_filter'
import type { Message, PublishOptions, QoS } from './api'

const TEXT_SIZE_MAX = 65_535

/** What MQTT takes for a text: Unicode that UTF-8 can write, without U+0000. [MQTT-1.5.4-1] [MQTT-1.5.4-2] */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/\0|\p{Surrogate}/u.test(value)
    && Buffer.byteLength(value) <= TEXT_SIZE_MAX
}

/** A value as an error shows it; what is in an object may be large, or throw. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100))
  return Object(value) === value ? 'an object' : String(value)
}

function qosCheck(qos: unknown): asserts qos is QoS {
  if (qos !== 0 && qos !== 1 && qos !== 2) throw new TypeError(`qos is ${shown(qos)}; say 0, 1 or 2.`)
}

function optionsCheck(options: unknown): void {
  if (Object(options) !== options) throw new TypeError(`The options are ${shown(options)}; give an object.`)
}

/** Answers the payload's bytes. */
export function publishCheck(topic: unknown, payload: unknown, options: PublishOptions): Uint8Array {
  optionsCheck(options)
  const { qos = 0, retain = false } = options
  if (!isText(topic) || /[+#]/.test(topic)) throw new TypeError(`${shown(topic)} is no Topic Name.`)
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array)) {
    throw new TypeError(`The payload is ${typeof payload}; give a string or a Uint8Array.`)
  }
  qosCheck(qos)
  if (typeof retain !== 'boolean') throw new TypeError(`retain is ${shown(retain)}; say true or false.`)
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}

export function subscribeCheck(
  filter: unknown, handler: unknown, options: { qos?: QoS },
): asserts handler is (message: Message) => void {
  optionsCheck(options)
  const { qos = 0 } = options
  // [MQTT-4.8.2-1] [MQTT-4.8.2-2]
  const wanted = isText(filter) ? filter.replace(/^\$share\/[^/+#]+\//, '') : ''
  const isFilter = isTopicFilter(wanted) && !/^\$share(\/|$)/.test(wanted)
  if (!isFilter) throw new TypeError(`${shown(filter)} is no Topic Filter.`)
  if (typeof handler !== 'function') throw new TypeError(`The handler is ${typeof handler}; give a function.`)
  qosCheck(qos)
}
