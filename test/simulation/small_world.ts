// A world so small that every order of what its two clients do can be tried: a publisher and a subscriber, a few steps
// each, judged by the oracle after each step.

import type { Packet, QoS } from 'mqtt-packet'
import * as mqttPacket from 'mqtt-packet'
import type { World } from '../support/world'
import { Oracle } from './oracle'

export type Act = (client: SmallClient) => Promise<void>

const IDENTIFIER = 7

/** One of the two clients; each of its connections has a number of its own. */
export class SmallClient {
  private connection = 0

  constructor(
    readonly oracle: Oracle, readonly clientId: string, readonly version: 4 | 5, private readonly first: number,
  ) {}

  async connect(clean: boolean): Promise<void> {
    const id = this.first + ++this.connection
    await this.oracle.run({ kind: 'open', id, version: this.version })
    await this.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: this.version, clientId: this.clientId, clean, keepalive: 0,
      will: { topic: 't', payload: Buffer.from(`w${id}`), qos: 1, retain: false },
      ...(this.version === 5 ? { properties: { sessionExpiryInterval: 100, receiveMaximum: 1 } } : {}),
    })
  }

  async send(packet: Packet): Promise<void> {
    const bytes = mqttPacket.generate(packet, { protocolVersion: this.version })
    await this.oracle.run({ kind: 'bytes', id: this.first + this.connection, hex: bytes.toString('hex') })
  }

  /** Acknowledges the oldest message that waits for it, by one step. */
  async acknowledge(): Promise<void> {
    const oldest = this.oracle.model.sessions.get(this.clientId)?.queue.find(({ state }) => state !== 'waiting')
    if (!oldest) return
    const cmd = oldest.state === 'released' ? 'pubcomp' : oldest.qos === 1 ? 'puback' : 'pubrec'
    await this.send({ cmd, messageId: oldest.packetIdentifier })
  }

  drop(): Promise<void> {
    return this.oracle.run({ kind: 'drop', id: this.first + this.connection })
  }
}

export const connect: Act = (client) => client.connect(false)
export const connectClean: Act = (client) => client.connect(true)
export const drop: Act = (client) => client.drop()
export const acknowledge: Act = (client) => client.acknowledge()
export const disconnect: Act = (client) => client.send({ cmd: 'disconnect' })
export const release: Act = (client) => client.send({ cmd: 'pubrel', messageId: IDENTIFIER })

export const subscribe = (qos: QoS): Act => (client) => client.send({
  cmd: 'subscribe', messageId: 1,
  subscriptions: [client.version === 5 ? { topic: 't', qos, nl: false, rap: false, rh: 0 } : { topic: 't', qos }],
})

export const publish = (payload: string, qos: QoS, { dup = false, retain = false } = {}): Act => (client) =>
  client.send({ cmd: 'publish', topic: 't', payload, qos, retain, dup, ...(qos > 0 ? { messageId: IDENTIFIER } : {}) })

/** Every order of two lists that keeps each list's own: bit n of a number says whose turn the n-th is. */
export function interleavings(one: number, other: number): number[] {
  const orders: number[] = []
  for (let bits = 0; bits < 2 ** (one + other); bits++) {
    let ones = 0
    for (let rest = bits; rest > 0; rest &= rest - 1) ones++
    if (ones === one) orders.push(bits)
  }
  return orders
}

/** Runs two lists of acts in one order; a failure says in which. */
export async function runOrder(
  create: () => Promise<World>, version: 4 | 5, publisherActs: Act[], subscriberActs: Act[], order: number,
): Promise<void> {
  const oracle = await Oracle.start(create, false)
  const publisher = new SmallClient(oracle, 'publisher', version, 0)
  const subscriber = new SmallClient(oracle, 'subscriber', version, 100)
  const next = [0, 0]
  try {
    for (let turn = 0; turn < publisherActs.length + subscriberActs.length; turn++) {
      if (order >> turn & 1) await publisherActs[next[0]++](publisher)
      else await subscriberActs[next[1]++](subscriber)
    }
    // In the end the subscriber comes back and takes everything.
    await connect(subscriber)
    for (let count = 0; count < 12; count++) await acknowledge(subscriber)
  } catch (error) {
    throw new Error(`order ${order.toString(2)}, version ${version}: ${(error as Error).message}`, { cause: error })
  }
}
