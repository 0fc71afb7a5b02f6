// What a simulation may touch, so that what it did not can be listed. Clauses stand in the names, and in those of the
// oracle's own.

import type { Coverage } from './coverage'

const EXPECTED = [
  'Keep Alive [MQTT-3.1.2-22]', 'QoS 2 sent again [MQTT-4.3.3-10]', 'fault broken packet [MQTT-4.8.0-1]',
  'fault power cut', 'fault power cut, and all is kept', 'fault slow reader', 'limit connections', 'limit messages',
  'limit sessions',
  'limit subscriptions', 'limit time for CONNECT', 'received connect', 'received disconnect', 'received pingreq',
  'received puback', 'received pubcomp', 'received publish QoS 0', 'received publish QoS 1', 'received publish QoS 2',
  'received pubrec', 'received pubrel', 'received subscribe', 'received unsubscribe', 'sent connack 0x00',
  'sent connack 0x03', 'sent connack 0x97', 'sent disconnect 0x81', 'sent disconnect 0x82', 'sent disconnect 0x8d',
  'sent disconnect 0x8e', 'sent disconnect 0x90', 'sent pingresp', 'sent puback 0x00', 'sent puback 0x10',
  'sent puback 0x97', 'sent pubcomp 0x00', 'sent pubcomp 0x92', 'sent publish', 'sent publish again [MQTT-4.4.0-1]',
  'sent pubrec 0x00', 'sent pubrec 0x10', 'sent pubrec 0x97', 'sent pubrel 0x00', 'sent suback', 'sent unsuback',
  'session goes on [MQTT-3.2.2-3]', 'take-over [MQTT-3.1.4-3]',
]

/** The lines of a report. */
export function coverageLines(coverage: Coverage): string[] {
  const gaps = EXPECTED.filter((name) => coverage.count(name) === 0)
  return [
    ...coverage.entries().map(([name, count]) => `${String(count).padStart(9)}  ${name}`),
    ...gaps.map((name) => `      GAP  ${name}`),
  ]
}
