// One good packet of every kind that a client sends, and where it may be cut without breaking it. The malformed cases
// are made from these.

import {
  connectBytes, field, packet, properties, property, TYPE, uint16, type Bytes, type PropertyName,
} from '../support/bytes'
import type { Version } from '../support/peer'
import { CHALLENGE_METHOD } from '../support/world'

export interface GoodPacket {
  name: string
  type: number
  flags: number
  /** What follows the fixed header. */
  body: (version: Version) => Bytes
  /** Sizes of the body's beginning that are packets as well. */
  alsoGood: (version: Version, body: Bytes) => number[]
  /** With its properties replaced; absent where the packet has none. */
  withProperties?: (propertyBytes: Bytes) => Bytes
  /** Properties that a client may send in it. */
  permitted: PropertyName[]
}

const none = (version: Version): Bytes => version === 5 ? [0] : []
const onlyWhole = (): number[] => []

/** An acknowledgement: its Reason Code and properties may be left out in 5.0. */
const acknowledgement = (name: string, type: number, flags: number): GoodPacket => ({
  name, type, flags,
  body: (version) => [...uint16(77), ...version === 5 ? [0, ...properties(property('reasonString', 'ok'))] : []],
  alsoGood: (version) => version === 5 ? [2, 3] : [2],
  withProperties: (propertyBytes) => packet(type, flags, uint16(77), [0], propertyBytes),
  permitted: ['reasonString', 'userProperty'],
})

export const goodPackets: GoodPacket[] = [
  {
    name: 'PUBLISH', type: TYPE.publish, flags: 2,
    body: (version) => [...field('a/b'), ...uint16(77), ...none(version)],
    alsoGood: onlyWhole,
    withProperties: (propertyBytes) => packet(TYPE.publish, 2, field('a/b'), uint16(77), propertyBytes),
    permitted: ['payloadFormatIndicator', 'messageExpiryInterval', 'contentType', 'responseTopic', 'correlationData',
      'topicAlias', 'userProperty'],
  },
  acknowledgement('PUBACK', TYPE.puback, 0),
  acknowledgement('PUBREC', TYPE.pubrec, 0),
  acknowledgement('PUBREL', TYPE.pubrel, 2),
  acknowledgement('PUBCOMP', TYPE.pubcomp, 0),
  {
    name: 'SUBSCRIBE', type: TYPE.subscribe, flags: 2,
    body: (version) => [...uint16(77), ...none(version), ...field('a/b'), 0, ...field('c'), 1],
    alsoGood: (version) => [version === 5 ? 9 : 8],
    withProperties: (propertyBytes) => packet(TYPE.subscribe, 2, uint16(77), propertyBytes, field('a/b'), [0]),
    permitted: ['subscriptionIdentifier', 'userProperty'],
  },
  {
    name: 'UNSUBSCRIBE', type: TYPE.unsubscribe, flags: 2,
    body: (version) => [...uint16(77), ...none(version), ...field('a/b'), ...field('c')],
    alsoGood: (version) => [version === 5 ? 8 : 7],
    withProperties: (propertyBytes) => packet(TYPE.unsubscribe, 2, uint16(77), propertyBytes, field('a/b')),
    permitted: ['userProperty'],
  },
  { name: 'PINGREQ', type: TYPE.pingreq, flags: 0, body: () => [], alsoGood: onlyWhole, permitted: [] },
  {
    name: 'DISCONNECT', type: TYPE.disconnect, flags: 0,
    body: (version) => version === 5 ? [0, ...properties(property('reasonString', 'ok'))] : [],
    alsoGood: (version) => version === 5 ? [0, 1] : [],
    withProperties: (propertyBytes) => packet(TYPE.disconnect, 0, [0], propertyBytes),
    permitted: ['reasonString', 'userProperty', 'sessionExpiryInterval'],
  },
]

/** AUTH of 5.0, on a connection that was authenticated so. */
export const authPacket = (...extra: Bytes[]): Bytes =>
  packet(TYPE.auth, 0, [0x19], properties(property('authenticationMethod', CHALLENGE_METHOD), ...extra))

export const authPermitted: PropertyName[] = ['authenticationMethod', 'authenticationData', 'reasonString',
  'userProperty']

/** CONNECT with everything in it. */
export function fullConnect(version: Version): Bytes {
  return connectBytes({
    level: version, flags: 0xee, keepAlive: 60,
    payload: [
      ...field('full'), ...version === 5 ? properties(property('willDelayInterval', 1)) : [], ...field('will'),
      ...field('gone'), ...field('ada'), ...field('secret'),
    ],
  })
}

/** CONNECT with the given properties, and with the given Will Properties. */
export const connectWithProperties = (propertyBytes: Bytes): Bytes => connectBytes({ properties: propertyBytes })

export const connectWithWillProperties = (propertyBytes: Bytes): Bytes =>
  connectBytes({ flags: 6, payload: [...field('raw'), ...propertyBytes, ...field('will'), ...field('')] })

export const connectPermitted: PropertyName[] = ['sessionExpiryInterval', 'receiveMaximum', 'maximumPacketSize',
  'topicAliasMaximum', 'requestResponseInformation', 'requestProblemInformation', 'userProperty',
    'authenticationMethod',
  'authenticationData']

export const willPermitted: PropertyName[] = ['willDelayInterval', 'payloadFormatIndicator', 'messageExpiryInterval',
  'contentType', 'responseTopic', 'correlationData', 'userProperty']

/** Properties of bytes that are 0 or 1 and nothing else, and a value too far for each kind. */
export const BAD_VALUES: [PropertyName, Bytes][] = [
  ['payloadFormatIndicator', [0x01, 2]], ['requestProblemInformation', [0x17, 2]],
    ['requestResponseInformation', [0x19, 2]],
  ['receiveMaximum', [0x21, 0, 0]], ['maximumPacketSize', [0x27, 0, 0, 0, 0]], ['topicAlias', [0x23, 0, 0]],
  ['subscriptionIdentifier', [0x0b, 0]], ['subscriptionIdentifier', [0x0b, 0x80, 0x80, 0x80, 0x80, 1]],
  ['responseTopic', [0x08, 0, 1, 0x23]], ['contentType', [0x03, 0, 1, 0]],
    ['userProperty', [0x26, 0, 1, 0x61, 0, 1, 0xff]],
  ['authenticationMethod', [0x15, 0, 2, 0xc3, 0x28]],
]
