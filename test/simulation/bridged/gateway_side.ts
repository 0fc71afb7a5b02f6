// A gateway with a bridge: the gateway's core and its bridge as it is, whose sockets lead to a simulated line and whose
// timers are the test's. What it keeps outlives its power.

import type { Duplex } from 'node:stream'
import { vi } from 'vitest'
import { Bridge } from '../../../src/port/node/bridge/bridge'
import type { BridgeHost } from '../../../src/port/node/bridge/bridge_host'
import { bridgeTerms } from '../../../src/port/node/bridge/bridge_terms'
import type { BridgeOptions, BridgeStatistics } from '../../../src/port/node/library/bridge_api'
import { connect, publish, subscribe } from '../../support/client'
import { memoryWorld, type MemoryWorld } from '../../support/memory_world'
import { MemoryRecords } from '../../support/memory_records'
import type { Peer } from '../../support/peer'
import type { Line } from './line'
import { lineLead } from './line_network'
import { hear } from './neighbour'
import type { Counts, Side } from './side'

/** Everything that was asked for in this turn is done. */
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

export class GatewaySide implements Side {
  readonly stepMs = 100
  private world!: MemoryWorld
  private records!: MemoryRecords
  private bridge!: Bridge
  private listener!: Peer
  private speaker!: Peer
  /** What earlier programs have counted. */
  private readonly before = { sent: 0, dropped: 0 }
  startedAt = 0

  constructor(
    private readonly seed: number, line: Line, private readonly options: BridgeOptions, private readonly filter: string,
    private readonly nowMs: () => number,
  ) {
    for (const { host } of options.addresses) lineLead(host, line)
  }

  async start(records = new MemoryRecords(this.nowMs)): Promise<void> {
    this.records = records
    this.startedAt = this.nowMs()
    this.world = await memoryWorld('host', {}, this.seed, records)
    this.bridge = new Bridge(bridgeTerms(this.options), this.host(), null)
    await this.bridge.prepare()
    await this.settle()
    this.listener = await connect(this.world, { clientId: 'listener' })
    this.speaker = await connect(this.world, { clientId: 'speaker' })
    await subscribe(this.listener, { topic: this.filter, qos: 2 })
    this.bridge.start()
  }

  private host(): BridgeHost {
    const { core } = this.world
    const { records } = this
    return {
      attach: (stream) => this.attach(stream),
      ownName: 'own', brokerName: 'here', isFull: () => records.room === 0, packetSizeMax: 268_435_455,
      queueLook: (client, what) => core.sessionQueueLook(Buffer.from(client), what),
      queueBound: (client, messages, bytes, policy) =>
        core.sessionQueueBound(Buffer.from(client), messages || Infinity, bytes || Infinity, policy),
      windowSet: (client, size) => core.sessionWindowSet(Buffer.from(client), size),
      queuedMessages: undefined, queuedBytes: undefined,
      isSubscribed: (client, filter) => core.sessionIsSubscribed(Buffer.from(client), Buffer.from(filter)),
      publish: (topic, payload) => void core.brokerRetain(Buffer.from(topic), Buffer.from(payload)),
      tell: () => undefined,
    }
  }

  /** The bridge's own connection here, as the gateway's port has it: read as fast as the stream takes bytes. */
  private attach(stream: Duplex): boolean {
    const wire = this.world.attach((wire) => {
      const end = {
        wire, isClosed: false,
        feed: (bytes: Uint8Array) => void stream.write(bytes, () => wire.read!(bytes.length)),
        ended: () => {
          end.isClosed = true
          stream.end()
        },
      }
      return end
    }).wire
    wire.sip!()
    stream.on('data', (chunk: Uint8Array) => wire.write(chunk))
    stream.on('close', () => wire.drop())
    stream.on('error', () => stream.destroy())
    return true
  }

  settle(): Promise<void> {
    return turn()
  }

  async advance(milliseconds: number): Promise<void> {
    await this.world.advance(milliseconds)
    vi.advanceTimersByTime(milliseconds)
    await turn()
  }

  hear(heard: (text: string) => void): Promise<void> {
    return hear(this.listener, heard)
  }

  publish(topic: string, text: string, qos: 1 | 2): Promise<number> {
    return publish(this.speaker, topic, text, { qos })
  }

  async powerCut(): Promise<void> {
    const { sent, dropped } = this.lifeCounts()
    this.before.sent += sent
    this.before.dropped += dropped
    const left = this.records.after(this.records.changes)
    // What the old program still does is nobody's.
    this.bridge.stop()
    await turn()
    vi.clearAllTimers()
    await this.start(left)
  }

  fill(isFull: boolean): void {
    this.records.room = isFull ? 0 : Infinity
  }

  private lifeCounts(): { sent: number, dropped: number } {
    const { sent, queueDropped, refused, tooLarge } = this.bridge.statistics()
    return { sent, dropped: queueDropped + refused + tooLarge }
  }

  get counts(): Counts {
    const statistics: BridgeStatistics = this.bridge.statistics()
    const { sent, dropped } = this.lifeCounts()
    return {
      kept: statistics.queued, keptBytes: statistics.queuedBytes, oldestS: statistics.queuedSeconds,
      sent: this.before.sent + sent, dropped: this.before.dropped + dropped, isConnected: statistics.isConnected,
    }
  }

  end(): Promise<void> {
    this.bridge.stop()
    return turn()
  }
}
