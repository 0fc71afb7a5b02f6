// An ESP32 with a bridge: its bundle in the simulated board, whose network leads to a simulated line.

import { connect, publish, subscribe } from '../../support/client'
import { boardWorld, type BoardWorld } from '../../support/board_world'
import { BRIDGE_EXTENSION } from '../../support/extensions'
import type { Peer } from '../../support/peer'
import { BoardEnd } from './board_end'
import type { Line } from './line'
import { hear } from './neighbour'
import type { Side } from './side'

const HOST = '10.0.0.2'
const PORT = 1883
export class BoardSide implements Side {
  readonly stepMs = 500
  startedAt = 0
  private world!: BoardWorld
  private listener!: Peer
  private speaker!: Peer

  constructor(
    private readonly seed: number, private readonly line: Line,
    /** Lines of midge.json's bridge, and who it is there. */
    private readonly bridge: { lines: string[], clientIdentifier: string },
    private readonly filter: string, private readonly nowMs: () => number,
  ) {}

  start(): Promise<void> {
    return this.startFrom()
  }

  private async startFrom(flash?: Uint8Array): Promise<void> {
    this.startedAt = this.nowMs()
    const { lines, clientIdentifier } = this.bridge
    const bridge = [`address ${HOST}:${PORT}`, `remote_clientid ${clientIdentifier}`, ...lines]
    const files = { 'midge.json': JSON.stringify({ bridge }), ...BRIDGE_EXTENSION }
    const world = await boardWorld('esp32', {}, this.seed, files, {}, flash)
    this.world = world
    world.driver.serve(HOST, PORT, (peer) => this.line.dial(new BoardEnd(world.driver, peer)))
    this.listener = await connect(world, { clientId: 'listener' })
    this.speaker = await connect(world, { clientId: 'speaker' })
    await subscribe(this.listener, { topic: this.filter, qos: 2 })
  }

  settle(): Promise<void> {
    return this.world.advance(0)
  }

  advance(milliseconds: number): Promise<void> {
    return this.world.advance(milliseconds)
  }

  hear(heard: (text: string) => void): Promise<void> {
    return hear(this.listener, heard)
  }

  publish(topic: string, text: string, qos: 1 | 2): Promise<number> {
    return publish(this.speaker, topic, text, { qos })
  }

  async powerCut(): Promise<void> {
    await this.startFrom(this.world.flash!.slice())
  }

  /** Throws where the board has reported an error. */
  end(): Promise<void> {
    return this.world.close()
  }
}
