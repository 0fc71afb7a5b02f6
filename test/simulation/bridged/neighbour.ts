// The other broker of a bridge: a second instance of the gateway's core, with somebody who publishes what comes in and
// somebody who hears what goes out. It is restarted, with what it has kept and without.

import { connect, publish, subscribe } from '../../support/client'
import { memoryWorld, type MemoryWorld } from '../../support/memory_world'
import { MemoryRecords } from '../../support/memory_records'
import type { Peer } from '../../support/peer'

/** Hears a filter at QoS 2, and answers what comes. */
export async function hear(peer: Peer, heard: (text: string, topic: string) => void): Promise<void> {
  for (let packets = peer.arrived(); packets.length > 0; packets = peer.arrived()) {
    for (const { cmd, qos, messageId, payload, topic } of packets) {
      if (cmd === 'publish') {
        heard(payload.toString(), topic)
        if (qos) await peer.send({ cmd: qos > 1 ? 'pubrec' : 'puback', messageId, reasonCode: 0 })
      } else if (cmd === 'pubrel') await peer.send({ cmd: 'pubcomp', messageId, reasonCode: 0 })
    }
  }
}

/** Seconds: longer than any simulation. */
const FOR_EVER = 0xffff_ffff


export class Neighbour {
  world!: MemoryWorld
  private records!: MemoryRecords
  private listener!: Peer
  private speaker!: Peer

  /** `nowMs` is a clock that goes on without power. */
  constructor(private readonly seed: number, private readonly filter: string, private readonly nowMs: () => number) {}

  async start(records = new MemoryRecords(this.nowMs)): Promise<void> {
    this.records = records
    this.world = await memoryWorld('host', {}, this.seed, records)
    const properties = { sessionExpiryInterval: FOR_EVER }
    this.listener = await connect(this.world, { clientId: 'listener', clean: false, properties })
    this.speaker = await connect(this.world, { clientId: 'speaker' })
    await subscribe(this.listener, { topic: this.filter, qos: 2 })
  }

  /** Its power goes; it starts again with what it has kept, or with nothing. */
  restart(isForgetful: boolean): Promise<void> {
    return this.start(isForgetful ? undefined : this.records.after(this.records.changes))
  }

  /** It has room for nothing more, or has room again. */
  fill(isFull: boolean): void {
    this.records.room = isFull ? 0 : Infinity
  }

  hear(heard: (text: string, topic: string) => void): Promise<void> {
    return hear(this.listener, heard)
  }

  /** Answers the Reason Code. */
  publish(topic: string, text: string, qos: 1 | 2): Promise<number> {
    return publish(this.speaker, topic, text, { qos })
  }

  advance(milliseconds: number): Promise<void> {
    return this.world.advance(milliseconds)
  }
}
