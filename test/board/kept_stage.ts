// Who plays a scene of kept_scenes.ts.
import { connect } from '../records/household'
import type { Peer } from '../support/peer'
import type { World } from '../support/world'

const LASTING = 100_000

/** The clients of a scene by their names, and what they do. */
export class Stage {
  private readonly peers = new Map<string, Peer>()

  constructor(readonly world: World) {}

  async enter(name: string, clean = false): Promise<Peer> {
    const peer = await this.world.open(5)
    await peer.send(connect(name, 5, clean, clean ? 0 : LASTING))
    await peer.receive('connack')
    this.peers.set(name, peer)
    return peer
  }

  of(name: string): Peer {
    return this.peers.get(name)!
  }

  async leave(name: string): Promise<void> {
    await this.of(name).send({ cmd: 'disconnect', reasonCode: 0 })
  }

  async subscribe(name: string, topic: string, qos: 0 | 1 | 2): Promise<void> {
    const peer = this.of(name)
    await peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos }] })
    await peer.take('suback')
  }

  async unsubscribe(name: string, topic: string): Promise<void> {
    const peer = this.of(name)
    await peer.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: [topic] })
    await peer.take('unsuback')
  }

  async publish(name: string, topic: string, payload: string, qos: 0 | 1 | 2, retain: boolean): Promise<void> {
    const peer = this.of(name)
    await peer.send({ cmd: 'publish', topic, payload, qos, retain, dup: false, messageId: 1 })
  }
}

export interface Scene {
  name: string
  /** What there is when the tables are kept. */
  before(stage: Stage): Promise<void>
  /** What comes behind it, before the power goes. */
  behind(stage: Stage): Promise<void>
  /** What comes right before the tables are kept. */
  late?(stage: Stage): Promise<void>
  /** The board's policy; all is kept at once unless told. */
  persist?: string
  /** Whether the tables end by it. */
  endsTables?: boolean
}

/** A session that is away, with a subscription. */
export async function awaySession(stage: Stage, name: string, filter: string, qos: 0 | 1 | 2): Promise<void> {
  await stage.enter(name)
  await stage.subscribe(name, filter, qos)
  await stage.leave(name)
}
