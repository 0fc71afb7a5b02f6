// A PUBLISH goes through the broker as it was: topic, payload and every property, User Properties in order.

import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { field, properties, property, publishBytes, type Bytes } from '../support/bytes'
import { acknowledged, connect, receivePublish, subscribe } from '../support/client'
import { publishUserProperties } from '../support/frame'
import { memoryWorld } from '../support/memory_world'

/** Text that MQTT allows, with characters of every length. */
const character = fc.oneof(
  fc.constantFrom('a', 'Z', ' ', '/', 'é', 'ÿ', '߿', 'ࠀ', '€', '\uFEFF', '�', '𐀀', '🦟'),
    fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
)
const text = (maxLength: number) => fc.array(character, { maxLength }).map((list) => list.join(''))
const topic = text(6).map((value) => `t${value.replace(/[#+]/g, '-')}`)

interface Content {
  contentType?: string
  responseTopic?: string
  correlationData?: Uint8Array
  payloadFormatIndicator?: boolean
  userProperties: [string, string][]
}

const content: fc.Arbitrary<Content> = fc.record({
  contentType: text(4), responseTopic: topic, correlationData: fc.uint8Array({ maxLength: 6 }),
  payloadFormatIndicator: fc.boolean(), userProperties: fc.array(fc.tuple(text(2), text(3)), { maxLength: 3 }),
}, { requiredKeys: ['userProperties'] })

function encode(value: Content): Bytes {
  const parts: Bytes[] = value.userProperties.map((pair) => property('userProperty', pair))
  if (value.payloadFormatIndicator !== undefined) parts.push(property('payloadFormatIndicator',
    value.payloadFormatIndicator ? 1 : 0))
  if (value.responseTopic !== undefined) parts.push(property('responseTopic', value.responseTopic))
  if (value.contentType !== undefined) parts.unshift(property('contentType', value.contentType))
  if (value.correlationData !== undefined) parts.push([0x09, ...field(value.correlationData)])
  return properties(...parts)
}

describe.each(['host', 'test'] as const)('on %s', (name) => {
  test('messages arrive as they were sent', async () => {
    const world = await memoryWorld(name)
    const sender = await connect(world)
    const reader = await connect(world)
    const old = await connect(world, { version: 4 })
    for (const peer of [reader, old]) await subscribe(peer, { topic: '#', qos: 2 })
    const payloads = fc.tuple(fc.uint8Array({ maxLength: 20 }), text(6))
    await fc.assert(fc.asyncProperty(topic, payloads, content, fc.constantFrom(0, 1, 2),
      async (name, [binary, words], value, qos) => {
      const payload = value.payloadFormatIndicator ? new Uint8Array(Buffer.from(words)) : binary
      await sender.send(publishBytes(5, qos * 2, name, qos ? 9 : undefined, encode(value), [...payload]))
      const message = await receivePublish(reader)
      deepEqual([message.topic, message.qos, [...message.payload]], [name, qos, [...payload]])
      const received = (message.properties ?? {}) as Partial<Content>
      equal(received.contentType, value.contentType)
      equal(received.responseTopic, value.responseTopic)
      equal(received.correlationData && Buffer.from(received.correlationData).toString('hex'),
        value.correlationData && Buffer.from(value.correlationData).toString('hex'))
      equal(received.payloadFormatIndicator ?? false, value.payloadFormatIndicator ?? false)
      deepEqual(publishUserProperties(message.bytes), value.userProperties)
      const plain = await receivePublish(old)
      deepEqual([plain.topic, plain.qos, [...plain.payload]], [name, qos, [...payload]])
      if (qos > 0) await acknowledged(sender, qos === 1 ? 'puback' : 'pubrec', 9)
      if (qos < 2) return
      await sender.send({ cmd: 'pubrel', messageId: 9 })
      await acknowledged(sender, 'pubcomp', 9)
    }), { numRuns: 1_500 })
  })
})
