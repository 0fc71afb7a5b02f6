// The World over a simulated board that runs a bundle as it is shipped: virtual time, a network in memory, passes of
// the engine's loop until nothing moves any more.

import { VirtualDriver } from '../../src/simulator/virtual_driver'
import { boardOf, bundleText, type BundleName } from './board_bundle'
import { Peer, type Version, type Wire } from './peer'
import { boardConfiguration } from './board_configuration'
import { Unsupported, type Configuration, type World } from './world'

/** More sockets than an ESP32 has, so that it is the broker that refuses and not the network. */
const SOCKETS_MAX = 64
const BROKER_PORT = 1883
const BUFFER_SIZE = 5_744

type Link = NonNullable<ReturnType<VirtualDriver['connect']>>

interface Connection { peer: Peer, link: Link }

export class BoardWorld implements World {
  readonly virtualTime = true
  readonly board
  readonly driver: VirtualDriver
  /** Every client that ever connected. */
  readonly opened: Peer[] = []
  private connections: Connection[] = []

  /** `given` are files of the board's Storage beside the bundle. */
  constructor(readonly name: BundleName, random: () => number, given: Record<string, string> = {}) {
    this.board = boardOf(name)
    const files = { '.bootcde': bundleText(name), ...given }
    this.driver = new VirtualDriver({ files, socketsMax: SOCKETS_MAX, random })
    this.driver.start()
    this.settle()
  }

  open(version: Version = 5): Promise<Peer> {
    const link = this.driver.connect(BROKER_PORT)
    if (!link) throw new Error(`the board does not listen:\n${this.driver.board.output.join('\n')}`)
    const wire: Wire = {
      write: (bytes) => link.send(bytes),
      drop: () => link.reset(),
      pause: (paused) => {
        link.reading = !paused
        // What the network holds for a client is not the broker's to limit.
        link.bufferSize = paused ? 0 : BUFFER_SIZE
      },
      until: () => this.settled(),
      settle: () => this.settled(),
    }
    const peer = new Peer(wire, version)
    this.connections.push({ peer, link })
    this.opened.push(peer)
    return this.settled().then(() => peer)
  }

  advance(milliseconds: number): Promise<void> {
    this.driver.advance(milliseconds)
    return this.settled()
  }

  stop(): Promise<void> {
    throw new Unsupported('nobody can tell a board to stop')
  }

  authenticationRelease(): Promise<void> {
    throw new Unsupported('a board answers about users at once')
  }

  /** Whatever a case was about, a board that reports an error has one. */
  close(): Promise<void> {
    const { uncaught } = this.driver.board
    if (uncaught.length > 0) throw new Error(`the board reports ${String(uncaught[0])}`)
    return Promise.resolve()
  }

  /** Runs the board until it rests, and hands to the peers what it sent. */
  private settle(): void {
    this.driver.settle()
    for (const { peer, link } of this.connections) {
      const bytes = link.take()
      if (bytes.length > 0) peer.feed(bytes)
      if (link.closed) peer.ended()
    }
    this.connections = this.connections.filter(({ peer }) => !peer.isClosed)
  }

  private settled(): Promise<void> {
    this.settle()
    return Promise.resolve()
  }
}

/** A fresh board. The same seed gives the same run. */
export function boardWorld(
  name: BundleName, configuration: Configuration = {}, seed = 0x1234_5678, files: Record<string, string> = {},
): Promise<BoardWorld> {
  const given = { ...boardConfiguration(name, configuration), ...files }
  let state = seed
  // xorshift32: repeatable, and never 0.
  const random = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  return Promise.resolve(new BoardWorld(name, random, given))
}
