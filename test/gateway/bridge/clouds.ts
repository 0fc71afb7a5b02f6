// Rules of brokers in the cloud, as their makers publish them, for a stand-in: what breaks one is noted, and ends the
// connection.
import { readFileSync } from 'node:fs'
import type { TLSSocket, TlsOptions } from 'node:tls'
import type { IConnectPacket, IPublishPacket, Packet } from 'mqtt-packet'
import { StandIn } from './stand_in'

export interface Cloud {
  tls: TlsOptions
  properties: object
  connect: (packet: IConnectPacket, socket: TLSSocket) => string | undefined
  publish: (packet: IPublishPacket) => string | undefined
  packet: (packet: Packet) => string | undefined
}

const hasCertificate = (socket: TLSSocket): string | undefined =>
  socket.authorized ? undefined : 'no client certificate of its authority'

function messageProblem (
  { qos, retain, topic, payload }: IPublishPacket, qosMax: number, payloadMax: number,
): string | undefined {
  if (qos > qosMax) return `QoS ${qos}`
  if (retain) return 'a retained message'
  if (topic.startsWith('$')) return `the topic ${topic}`
  return payload.length > payloadMax ? `${payload.length} bytes of payload` : undefined
}

/** AWS takes eight filters in a packet. */
const filtersProblem = (packet: Packet): string | undefined => {
  if (packet.cmd === 'subscribe' && packet.properties?.subscriptionIdentifier) return 'a Subscription Identifier'
  if (packet.cmd === 'subscribe' && packet.subscriptions.length > 8) return `${packet.subscriptions.length} filters`
  return packet.cmd === 'unsubscribe' && packet.unsubscriptions.length > 8 ? 'too many filters' : undefined
}

export const CLOUDS: Record<'aws' | 'azure' | 'hivemq', Cloud> = {
  // docs.aws.amazon.com/iot/latest/developerguide: mqtt.html, protocols.html; general/latest/gr/iot-core.html
  aws: {
    tls: { ALPNProtocols: ['x-amzn-mqtt-ca'], requestCert: true, minVersion: 'TLSv1.2' },
    properties: {
      maximumQoS: 1, maximumPacketSize: 149_504, topicAliasMaximum: 8, receiveMaximum: 100,
      subscriptionIdentifiersAvailable: false, sessionExpiryInterval: 3_600,
    },
    connect: ({ keepalive, will, clientId }, socket) => hasCertificate(socket)
      ?? (socket.alpnProtocol === 'x-amzn-mqtt-ca' ? undefined : 'no ALPN')
      ?? (keepalive! < 30 || keepalive! > 1_200 ? `a Keep Alive of ${keepalive}` : undefined)
      ?? (will?.retain || will?.topic.startsWith('$') ? 'a Will that it does not take' : undefined)
      ?? (Buffer.byteLength(clientId) > 128 ? 'a long Client Identifier' : undefined),
    publish: packet => messageProblem(packet, 1, 131_072)
      ?? (packet.topic.split('/').length > 8 ? 'more than seven slashes' : undefined),
    packet: filtersProblem,
  },
  // learn.microsoft.com/azure/event-grid: mqtt-support, mqtt-client-authentication, quotas-limits
  azure: {
    tls: { requestCert: true, minVersion: 'TLSv1.2' },
    properties: { maximumQoS: 1, retainAvailable: false, maximumPacketSize: 524_288, topicAliasMaximum: 10 },
    connect: ({ keepalive, will, username }, socket) => hasCertificate(socket)
      ?? (username === 'site7' ? undefined : 'no name of a client')
      ?? (keepalive! > 1_160 ? `a Keep Alive of ${keepalive}` : undefined)
      ?? (will?.retain ? 'a Will that is retained' : undefined),
    publish: packet => messageProblem(packet, 1, 524_288),
    packet: () => undefined,
  },
  // docs.hivemq.com/hivemq-cloud
  hivemq: {
    tls: { minVersion: 'TLSv1.2' },
    properties: { receiveMaximum: 10, maximumPacketSize: 5_242_880, topicAliasMaximum: 5 },
    connect: ({ username, password }, socket) => {
      if ((socket as TLSSocket & { servername?: string | false }).servername !== 'localhost') return 'no name in TLS'
      return username === 'site7' && String(password) === 'secret' ? undefined : 'no name and password'
    },
    publish: ({ topic }) => topic.startsWith('$') ? `the topic ${topic}` : undefined,
    packet: () => undefined,
  },
}

/** A stand-in with a cloud's rules, and what has broken them. `path` answers the files of certificates.ts. */
export async function cloudStart (
  name: keyof typeof CLOUDS, path: (file: string) => string,
): Promise<{ standIn: StandIn, broken: string[] }> {
  const cloud = CLOUDS[name]
  const broken: string[] = []
  const note = (problem: string | undefined): boolean => {
    if (problem !== undefined) broken.push(problem)
    return problem !== undefined
  }
  const [key, cert, ca] = ['server.key', 'server.crt', 'ca.crt'].map(file => readFileSync(path(file)))
  const standIn = await StandIn.start({
    properties: cloud.properties,
    connect: (packet, socket) => note(cloud.connect(packet, socket as TLSSocket)) ? 'close' : 0,
    publish: packet => note(cloud.publish(packet)) ? 'close' : 0,
    refuses: packet => note(cloud.packet(packet)),
  }, 0, { key, cert, ca, rejectUnauthorized: false, ...cloud.tls })
  return { standIn, broken }
}
