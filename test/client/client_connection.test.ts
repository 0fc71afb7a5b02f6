// A client's connection to a broker, byte by byte: no socket, and the time is the test's.
import * as mqttPacket from 'mqtt-packet'
import type { Packet } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { ClientConnection } from '../../src/client/client_connection'
import type { ConnectTerms, ProtocolVersion } from '../../src/client/connect_packet'
import { KeepAlive } from '../../src/client/keep_alive'
import type { Publish } from '../../src/client/publish_packet'
import { RetryDelay } from '../../src/client/retry_delay'
import { TopicAliases } from '../../src/client/topic_aliases'
import { TopicMap } from '../../src/client/topic_map'

const TERMS: ConnectTerms = {
  version: 5, isBridge: false, clientIdentifier: 'me', userName: 'anna', password: 'secret', isClean: false,
  keepAlive: 10, will: { topic: 'will', payload: 'gone', qos: 1, retain: true },
  sessionExpiry: 100, receiveMaximum: 7, packetSizeMax: 1_000,
}

const MESSAGE: Publish = {
  topic: 'a/long/topic', payload: Buffer.from('x'), qos: 1, retain: true, isDuplicate: false, packetIdentifier: 5,
  properties: new Uint8Array(0), subscriptions: [], hops: 0, path: [],
}

/** A connection with what it sends, decoded, and what it tells. */
function open (terms: Partial<ConnectTerms> = {}, aliasMax = 10, packetMax = Infinity) {
  const whole = { ...TERMS, ...terms }
  const sent: Packet[] = []
  const told: unknown[][] = []
  const parser = mqttPacket.parser({ protocolVersion: whole.version })
  parser.on('packet', packet => sent.push(packet))
  const connection = new ClientConnection(whole, bytes => void parser.parse(bytes), {
    connected: ({ reasonCode }) => told.push(['connected', reasonCode]),
    published: ({ topic, qos }) => told.push(['published', topic, qos]),
    acknowledged: (type, identifier, code) => told.push(['acknowledged', type, identifier, code]),
    subscribed: (identifier, codes) => told.push(['subscribed', identifier, codes]),
    answered: () => told.push(['answered']),
    ended: code => told.push(['ended', code]),
  }, aliasMax, packetMax, 0)
  const hear = (packet: object, now = 0): void =>
    connection.receive(mqttPacket.generate(packet as Packet, { protocolVersion: whole.version }), now)
  const connack = (properties: object = {}): void =>
    hear({ cmd: 'connack', sessionPresent: true, reasonCode: 0, returnCode: 0, properties })
  connection.begin()
  return { connection, sent, told, hear, connack }
}

describe('CONNECT', () => {
  it.each([5, 4, 3] as ProtocolVersion[])('in version %i', (version) => {
    const { sent } = open({ version })
    expect(sent[0]).toMatchObject({
      cmd: 'connect', protocolVersion: version, protocolId: version === 3 ? 'MQIsdp' : 'MQTT', clean: false,
      clientId: 'me', keepalive: 10, username: 'anna', password: Buffer.from('secret'),
      will: { topic: 'will', payload: Buffer.from('gone'), qos: 1, retain: true },
      ...version === 5
        ? { properties: { sessionExpiryInterval: 100, receiveMaximum: 7, maximumPacketSize: 1_000 } }
        : {},
    })
  })

  it('has a bridge\'s level in the old versions alone', () => {
    const level = (version: ProtocolVersion): unknown => {
      const { bridgeMode } = open({ version, isBridge: true }).sent[0] as { bridgeMode?: boolean }
      return bridgeMode === true
    }
    expect([3, 4, 5].map(version => level(version as ProtocolVersion))).toEqual([true, true, false])
  })
})

describe('CONNACK', () => {
  it.each([[1, 0x84], [2, 0x85], [3, 0x88], [4, 0x86], [5, 0x87], [9, 0x80]])(
    'return code %i of 3.1.1 is Reason Code 0x%x, also to a CONNECT of 5.0', (code, reasonCode) => {
      for (const version of [4, 5] as const) {
        const { connection, told } = open({ version })
        connection.receive(Buffer.from([0x20, 2, 0, code]), 0)
        expect(told).toEqual([['connected', reasonCode]])
      }
    })

  it('must come first, and be whole', () => {
    for (const bytes of [[0xd0, 0], [0x20, 1, 0], [0x30, 3, 0, 1, 97]]) {
      const { connection, told } = open()
      connection.receive(Buffer.from(bytes), 0)
      expect(told).toEqual([['ended', 0x82]])
    }
  })
})

describe('limits', () => {
  it('a message larger than the broker takes is not sent, and no alias is lost by it', () => {
    const { connection, sent, connack } = open()
    connack({ maximumPacketSize: 200, topicAliasMaximum: 5 })
    expect(connection.publish({ ...MESSAGE, payload: Buffer.alloc(200) })).toBe(false)
    expect(connection.publish(MESSAGE)).toBe(true)
    expect(connection.publish(MESSAGE)).toBe(true)
    expect(sent.slice(1)).toMatchObject([
      { topic: 'a/long/topic', properties: { topicAlias: 1 } }, { topic: '', properties: { topicAlias: 1 } },
    ])
  })

  it('the client\'s own bound holds too, also in 3.1.1, which has no aliases', () => {
    const { connection, sent, connack } = open({ version: 4 }, 10, 30)
    connack()
    expect(connection.publish({ ...MESSAGE, payload: Buffer.alloc(30) })).toBe(false)
    expect(connection.publish(MESSAGE)).toBe(true)
    expect(sent[1]).toMatchObject({ topic: 'a/long/topic', retain: true, messageId: 5 })
  })

  it('a packet that is larger than what was asked for ends it', () => {
    const { told, hear, connack } = open()
    connack()
    hear({ cmd: 'publish', topic: 'a', payload: Buffer.alloc(2_000), qos: 0, dup: false, retain: false })
    expect(told.at(-1)).toEqual(['ended', 0x95])
  })

  it('an acknowledgement has its Reason Code in 5.0 alone', () => {
    const codes = [5, 4].map((version) => {
      const { connection, sent, connack } = open({ version: version as ProtocolVersion })
      connack()
      connection.acknowledge(4, 9, 0x87)
      return (sent[1] as { reasonCode?: number }).reasonCode
    })
    expect(codes).toEqual([0x87, undefined])
  })
})

it.each([
  ['a PUBLISH without a topic', [0x30, 3, 0, 0, 0], 0x81], ['QoS 3', [0x36, 6, 0, 1, 97, 0, 1, 0], 0x81],
  ['an acknowledgement without an identifier', [0x40, 0], 0x81], ['a packet of clients', [0x82, 2, 0, 1], 0x82],
])('%s ends it', (_what, bytes, code) => {
  const { connection, told, connack } = open()
  connack()
  connection.receive(Buffer.from(bytes), 0)
  expect(told.at(-1)).toEqual(['ended', code])
  connection.receive(Buffer.from([0xd0, 0]), 0)
  expect(told.at(-1)).toEqual(['ended', code])
})

describe('Keep Alive', () => {
  it('asks when nothing was sent for as long, and takes silence for the end', () => {
    const { connection, sent, told, hear, connack } = open()
    connack()
    expect(connection.tick(9_999)).toBe(true)
    expect(sent).toHaveLength(1)
    expect(connection.tick(10_000)).toBe(true)
    expect(sent.at(-1)).toMatchObject({ cmd: 'pingreq' })
    expect(connection.tick(19_999)).toBe(true)
    hear({ cmd: 'pingresp' }, 19_999)
    expect(told.at(-1)).toEqual(['answered'])
    expect(connection.tick(29_999)).toBe(true)
    expect(connection.tick(39_999)).toBe(false)
  })

  it('asks too where much is sent and nothing comes', () => {
    const keepAlive = new KeepAlive(10_000, 10_000, 0)
    const steps = []
    for (let now = 1_000; now <= 20_000; now += 1_000) {
      keepAlive.sent(now)
      steps.push(keepAlive.step(now))
    }
    expect(steps.indexOf('ping')).toBe(9)
    expect(steps.indexOf('dead')).toBe(19)
  })

  it('is the broker\'s where it names one, and none where it is 0', () => {
    const named = open()
    named.connack({ serverKeepAlive: 3 })
    named.connection.tick(3_000)
    expect(named.sent.at(-1)).toMatchObject({ cmd: 'pingreq' })
    const none = open({ keepAlive: 0 })
    none.connack()
    expect(none.connection.tick(1e9)).toBe(true)
    expect(none.sent).toHaveLength(1)
  })
})

it('aliases go to the topics that were used last', () => {
  const aliases = new TopicAliases(2)
  const take = (topic: string): string => {
    const alias = aliases.take(topic)
    return alias ? `${alias.number}${alias.isKnown ? '' : '+'}` : '-'
  }
  expect(['one/', 'two/', 'one/', 'three/', 'one/', 'two/', 'a'].map(take))
    .toEqual(['1+', '2+', '1', '2+', '1', '2+', '-'])
  expect(new TopicAliases(0).take('topic')).toBeUndefined()
})

it('delays grow by chance between their bounds, and begin anew', () => {
  const chances = [0, 1, 1, 1, 0.5]
  const delay = new RetryDelay(5, 30, () => chances.shift()!)
  expect([delay.next(), delay.next(), delay.next(), delay.next()]).toEqual([5, 15, 30, 30])
  delay.reset()
  expect(delay.next()).toBe(10)
  const constant = new RetryDelay(20, 20)
  expect([constant.next(), constant.next()]).toEqual([20, 20])
})

it('a topic of 65,535 bytes has a name, and a longer one or one with a wildcard has none', () => {
  const map = new TopicMap([
    { pattern: '#', direction: 'both', qos: 0, localPrefix: 'here/', remotePrefix: 'there/' },
  ])
  const long = (size: number): string => 'ä'.repeat(size >> 1) + 'x'.repeat(size & 1)
  expect(map.toRemote(`here/${long(65_535 - 6)}`)).toBe(`there/${long(65_535 - 6)}`)
  expect(map.toRemote(`here/${long(65_535 - 5)}`)).toBeNull()
  expect(['there/a/+', 'there/#', 'there/a\0'].map(topic => map.toLocal(topic))).toEqual([null, null, null])
})

it('topics are named by the first line with a prefix, as mosquitto does it', () => {
  const lines = (prefixed: string[]): TopicMap => new TopicMap(['#', ...prefixed].map(pattern => ({
    pattern, direction: 'both', qos: 0, localPrefix: '', remotePrefix: pattern === '#' ? '' : 'far/',
  })))
  expect(['a/b', 'b'].map(topic => lines(['a/#']).toRemote(topic))).toEqual(['far/a/b', 'b'])
  expect(['far/a/b', 'b'].map(topic => lines(['a/#']).toLocal(topic))).toEqual(['a/b', 'b'])
})

it('topics are named by the first line that matches', () => {
  const map = new TopicMap([
    { pattern: '#', direction: 'out', qos: 0, localPrefix: 'a/', remotePrefix: '' },
    { pattern: '+/set', direction: 'both', qos: 2, localPrefix: '', remotePrefix: 'far/' },
    { pattern: '+/set', direction: 'in', qos: 1, localPrefix: '', remotePrefix: 'far/' },
  ])
  expect(['a/b', 'a', 'b/set', 'b'].map(topic => map.toRemote(topic))).toEqual(['b', null, 'far/b/set', null])
  expect(['far/b/set', 'b/set'].map(topic => map.toLocal(topic))).toEqual(['b/set', null])
  expect([...map.localFilters]).toEqual([['a/#', 0], ['+/set', 2]])
  expect([...map.remoteFilters]).toEqual([['far/+/set', 2]])
  expect(map.outgoingOnly).toEqual(['#'])
})
