// A board under a test's hand: virtual time, peers in memory, passes one by one. The same steps give the same run.

import { SimulatedBoard } from './board'
import { VirtualClock } from './clock'
import type { BoardOptions } from './options'
import { Peer } from './peer'
import { Wire } from './wire'

/** Passes without a change of time after which a board is taken to be running in circles. */
const PASSES_MAX = 20_000

export class VirtualDriver {
  readonly clock = new VirtualClock()
  readonly board: SimulatedBoard
  private readonly services = new Map<string, (peer: Peer) => void>()

  constructor (options: BoardOptions = {}) {
    const dial = (host: string, port: number, isSecure: boolean): Wire | null => this.dial(host, port, isSecure)
    this.board = new SimulatedBoard(this.clock, { dial, ...options })
  }

  /** Switches the board on and lets it settle. */
  start (): void {
    this.board.start()
    this.settle()
  }

  /** Runs exactly this many passes. */
  passes (count: number): void {
    for (let i = 0; i < count; i++) this.board.pass()
  }

  /** Runs passes until two in a row change nothing. */
  settle (): void {
    let quiet = 0
    for (let i = 0; quiet < 2; i++) {
      if (i > PASSES_MAX) throw new Error('the board does not come to rest')
      const before = this.traffic()
      quiet = this.board.pass() || before !== this.traffic() ? 0 : quiet + 1
    }
  }

  /** Lets time pass, stopping at every timer on the way. */
  advance (ms: number): void {
    const endMs = this.clock.nowMs() + ms
    for (;;) {
      this.settle()
      const dueMs = [this.board.timers.nextMs, this.board.wifi.nextMs].filter(time => time !== null)
      const nextMs = Math.min(...dueMs, endMs)
      if (nextMs >= endMs) break
      this.clock.moveTo(Math.max(nextMs, this.clock.nowMs() + 1))
    }
    this.clock.moveTo(endMs)
    this.settle()
  }

  /** Connects to a port of the board; null when it is refused. */
  connect (port: number): Peer | null {
    const wire = this.board.tcp.accept(port)
    return wire && this.track(wire)
  }

  /** Answers the board's own connections to a host and port. */
  serve (host: string, port: number, onPeer: (peer: Peer) => void): void {
    this.services.set(`${host}:${port}`, onPeer)
  }

  private wires: Wire[] = []

  private track (wire: Wire): Peer {
    this.wires = this.wires.filter(({ boardEnded, boardLost }) => !boardEnded && !boardLost)
    this.wires.push(wire)
    return new Peer(wire)
  }

  private dial (host: string, port: number, isSecure: boolean): Wire | null {
    const onPeer = this.services.get(`${host}:${port}`)
    if (!onPeer) return null
    const wire = new Wire()
    wire.isSecure = isSecure
    onPeer(this.track(wire))
    return wire
  }

  /** A number that changes with every byte on its way. */
  private traffic (): number {
    return this.wires.reduce((sum, { toBoard, toPeer }) => sum + toBoard.size * 31 + toPeer.size, 0)
  }
}
