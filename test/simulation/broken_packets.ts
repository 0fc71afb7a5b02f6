// Packets for which the broker must give up a client that is connected.

import type { Random } from '../model/random'
import { TYPE, connectBytes, field, packet, publishBytes, uint16, type Bytes } from '../support/bytes'

const propertiesFor = (version: 4 | 5): Bytes => version === 5 ? [0] : []

const BREAKS: ((version: 4 | 5) => Bytes)[] = [
  // A packet type that is reserved. [MQTT-2.1.2-1]
  () => [0, 0],
  // A second CONNECT. [MQTT-3.1.0-2]
  (version) => connectBytes({ level: version }),
  // A Remaining Length of five bytes.
  () => [TYPE.publish << 4, 0xff, 0xff, 0xff, 0xff, 1],
  // QoS 3. [MQTT-3.3.1-4]
  (version) => publishBytes(version, 6, 'a', 1),
  // A wildcard in a Topic Name. [MQTT-3.3.2-2]
  (version) => publishBytes(version, 0, 'a/+'),
  // Packet Identifier 0. [MQTT-2.2.1-3]
  (version) => publishBytes(version, 2, 'a', 0),
  // SUBSCRIBE without its flags. [MQTT-3.8.1-1]
  (version) => packet(TYPE.subscribe, 0, uint16(1), propertiesFor(version), field('a'), [0]),
  // SUBSCRIBE without a Topic Filter. [MQTT-3.8.3-2]
  (version) => packet(TYPE.subscribe, 2, uint16(1), propertiesFor(version)),
  // PUBREL without its flags. [MQTT-3.6.1-1]
  () => packet(TYPE.pubrel, 0, uint16(1)),
  // What only a server sends.
  () => packet(TYPE.pingresp, 0),
  // Text that is no UTF-8. [MQTT-1.5.4-1]
  (version) => publishBytes(version, 0, [0xc3, 0x28]),
]

/** One of them. */
export const breakProtocol = (random: Random, version: 4 | 5): Uint8Array =>
  Uint8Array.from(random.pick(BREAKS)(version))
