// Drives a broker and the model with the same random operations and compares what every client is sent after each.

import { connectSend } from '../support/client'
import type { AnyPacket, Peer } from '../support/peer'
import { isSmall } from '../support/small_board'
import type { World } from '../support/world'
import { DriverClient } from './driver_client'
import { ModelBroker } from './model_broker'
import type { ModelSession } from './model_session'
import { Random } from './random'
import { operations, type Operation } from './operations'

/** Times that lie this close to a deadline are avoided: a broker may be a tick late. */
const MARGIN_MS = 2_500

export class Driver {
  readonly model: ModelBroker
  readonly clients: DriverClient[]
  readonly random: Random
  /** The board's tables are small enough to be filled. */
  readonly tight: boolean
  messageCount = 0
  refusedCount = 0
  acceptedCount = 0
  private readonly history: string[] = []
  private readonly weighted: Operation[]

  /** `drawn` are the operations that `step` draws from. */
  constructor(readonly world: World, seed: number, drawn: readonly Operation[] = operations) {
    const { board } = world
    this.tight = isSmall(board)
    this.random = new Random(seed)
    this.model = new ModelBroker({ queueMax: board.QUEUE_MAX, tight: this.tight })
    this.clients = Array.from({ length: 5 }, (_, index) => new DriverClient(`c${index}`, index < 2 ? 4 : 5))
    this.weighted = drawn.flatMap((operation) => Array.from({ length: operation.weight }, () => operation))
  }

  session(client: DriverClient): ModelSession {
    return this.model.sessions.get(client.clientId)!
  }

  /** The clients that are connected. */
  connected(): DriverClient[] {
    return this.clients.filter(({ peer }) => peer !== undefined)
  }

  note(text: string): void {
    this.history.push(text)
    if (this.history.length > 200) this.history.shift()
  }

  /** The last operations, for the text of a failure. */
  lastOperations(): string {
    return this.history.join('\n')
  }

  /** One random operation, and the comparison. */
  async step(): Promise<void> {
    const operation = this.random.pick(this.weighted)
    const judge = await operation.run(this)
    if (judge) await this.compare(judge)
  }

  /**
   * Takes what every client was sent. `judge` sees the answers of each client (everything but PUBLISH and PUBREL) and
   * brings the model up to date; then the model judges the rest.
   */
  async compare(judge: (answers: Map<string, AnyPacket[]>) => void): Promise<void> {
    const answers = new Map<string, AnyPacket[]>()
    const streams: [DriverClient, AnyPacket[]][] = []
    for (const client of this.clients) {
      const packets = await client.peer?.drain() ?? []
      const isStream = ({ cmd }: AnyPacket): boolean => cmd === 'publish' || cmd === 'pubrel'
      streams.push([client, packets.filter(isStream)])
      answers.set(client.clientId, packets.filter((packet) => !isStream(packet)))
    }
    const since = this.model.time
    judge(answers)
    for (const [clientId, left] of answers) {
      if (left.length > 0) throw new Error(`${clientId}: nobody asked for ${JSON.stringify(left)}`)
    }
    for (const [client, packets] of streams) {
      for (const packet of packets) {
        if (packet.cmd === 'publish') this.session(client).published(packet, since, this.model.time)
        else this.session(client).released(packet.messageId)
      }
      if (client.peer?.isClosed) throw new Error(`${client.clientId}: the connection was closed`)
    }
    this.model.checkComplete()
  }

  /** Lets time pass to a moment at which nothing is about to happen or has just happened. */
  async advance(milliseconds: number): Promise<void> {
    let target = this.model.time + milliseconds
    while (this.model.deadlines().some((at) => Math.abs(at - target) < MARGIN_MS)) target += MARGIN_MS
    await this.world.advance(target - this.model.time)
    this.note(`time ${target}`)
    await this.compare(() => this.model.advance(target))
  }

  /** At the end everybody comes back and takes what is left for them. */
  async finish(): Promise<void> {
    for (const client of this.clients) {
      if (client.peer) continue
      await operations.find(({ name }) => name === 'connect')!.run(this, client).then((judge) => this.compare(judge!))
    }
    for (let round = 0; round < 2_000; round++) {
      const judge = await operations.find(({ name }) => name === 'acknowledge all')!.run(this)
      if (!judge) break
      await this.compare(judge)
    }
    await this.compareRetained()
  }

  private async compareRetained(): Promise<void> {
    const reader: Peer = await this.world.open(4)
    for (const client of this.clients.slice(0, 1)) {
      await client.peer!.drop()
      client.peer = undefined
      this.model.disconnect(client.clientId, true)
    }
    await connectSend(reader, { version: 4, clientId: 'retained' })
    await reader.receive('connack')
    for (const [topic, message] of this.model.retained) {
      const others = this.model.retainedPerhaps.get(topic) ?? []
      await reader.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 0 }] } as never)
      // A tight broker may have no room for one more subscription.
      if ((await reader.receive('suback')).granted[0] >= 0x80 && this.tight) continue
      const payload = (await reader.drain()).at(-1)?.payload.toString() ?? ''
      const permitted = [message, ...others].map((candidate) => candidate.expiresAt <= this.model.time
        ? '' : candidate.payload)
      if (permitted.includes(payload)) continue
      throw new Error(`retained for ${topic}: ${payload}, expected ${permitted.join(' or ')}`)
    }
    await reader.send({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: '#', qos: 0 }] } as never)
    const count = (await reader.drain()).filter(({ cmd }) => cmd === 'publish').length
    const plain = [...this.model.retained.keys()].filter((topic) => !topic.startsWith('$')).length
    if (!this.tight && count !== plain) throw new Error(`${count} retained messages, expected ${plain}`)
  }
}
