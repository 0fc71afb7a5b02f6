// Two simulated boards, of which one has a bridge to the other: a cable carries what they send to each other.

import type { Peer as SimulatorPeer } from '../../src/simulator/peer'
import { boardWorld, type BoardWorld } from '../support/board_world'
import type { BundleName } from '../support/board_bundle'
import { BRIDGE_EXTENSION } from '../support/extensions'

/** Rounds of the cable after which two boards are taken to talk for ever. */
const ROUNDS_MAX = 2_000

export interface BridgeOptions {
  /** The board of the other broker. */
  there?: BundleName
  /** Further lines of midge.json's bridge. */
  lines?: string[]
  /** Further settings here, and there. */
  here?: object
  settingsThere?: object
  /** Bytes that the cable carries at once. */
  piece?: number
}

export class BridgedBoards {
  here!: BoardWorld
  there!: BoardWorld
  /** Whether the other broker can be reached. */
  isReachable = true
  /** Whether what it sends is lost. */
  isSilent = false
  private wires: { from: SimulatorPeer, to: SimulatorPeer }[] = []

  constructor(readonly topics: string[], readonly options: BridgeOptions = {}) {}

  async start(flash?: Uint8Array): Promise<this> {
    const { there = 'esp32', lines = [], here = {}, settingsThere = {} } = this.options
    const bridge = ['address 10.0.0.2:1883', 'remote_clientid attic', ...lines,
      ...this.topics.map((topic) => `topic ${topic}`)]
    this.there ??= await boardWorld(there, {}, 7, { 'midge.json': JSON.stringify(settingsThere) })
    const files = { 'midge.json': JSON.stringify({ bridge, ...here }), ...BRIDGE_EXTENSION }
    this.here = await boardWorld('esp32', {}, 8, files, {}, flash)
    this.here.driver.serve('10.0.0.2', 1883, (from) => {
      const to = this.isReachable ? this.there.driver.connect(1883) : null
      if (to) this.wires.push({ from, to })
      else from.reset()
    })
    return this
  }

  /** Lets time pass for both. */
  async advance(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 500) {
      await Promise.all([this.here.advance(Math.min(left, 500)), this.there.advance(Math.min(left, 500))])
      await this.carry()
    }
  }

  /** Carries bytes both ways until there are none. */
  async carry(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      let isBusy = false
      for (const { from, to } of this.wires) isBusy = this.move(from, to) || isBusy
      this.wires = this.wires.filter(({ from, to }) => !this.isOver(from, to))
      await Promise.all([this.here.advance(1), this.there.advance(1)])
      if (!isBusy) return
    }
    throw new Error('the two boards do not come to rest')
  }

  private move(from: SimulatorPeer, to: SimulatorPeer): boolean {
    const out = from.take()
    const back = to.take()
    this.send(to, out)
    if (!this.isSilent) this.send(from, back)
    return out.length + back.length > 0
  }

  private send(peer: SimulatorPeer, bytes: Uint8Array): void {
    const { piece = 1_460 } = this.options
    for (let at = 0; at < bytes.length; at += piece) {
      peer.send(bytes.subarray(at, at + piece))
      if (piece < 536) for (const world of [this.here, this.there]) world.driver.settle()
    }
  }

  private isOver(from: SimulatorPeer, to: SimulatorPeer): boolean {
    if (from.closed || from.lost) to.reset()
    // What it has sent is read before.
    else if (to.closed) from.end()
    else if (to.lost) from.reset()
    else return false
    return true
  }

  /** The cable is pulled; both sides see it at once. */
  async cut(): Promise<void> {
    this.isReachable = false
    for (const { from, to } of this.wires.splice(0)) for (const end of [from, to]) end.reset()
    await Promise.all([this.here.advance(1), this.there.advance(1)])
  }

  /** The board with the bridge loses its power, and starts again. */
  async powerCut(): Promise<void> {
    const { flash } = this.here
    for (const { to } of this.wires.splice(0)) to.reset()
    await this.start(flash!.slice())
  }
}

export const bridgedBoards = (topics: string[], options?: BridgeOptions): Promise<BridgedBoards> =>
  new BridgedBoards(topics, options).start()
