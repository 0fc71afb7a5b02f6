// The World over a simulated board that runs a bundle as it is shipped: virtual time, a network in memory, passes of
// the engine's loop until nothing moves any more.

import { VirtualDriver } from '../../src/simulator/virtual_driver'
import type { BoardOptions } from '../../src/simulator/options'
import type { WifiNetworks } from '../../src/simulator/wifi'
import { boardOf, bundleText, type BundleName } from './board_bundle'
import { Peer, type Version, type Wire } from './peer'
import { boardConfiguration } from './board_configuration'
import { Unsupported, type Configuration, type MachineFault, type World } from './world'

/** More sockets than an ESP32 has, so that it is the broker that refuses and not the network. */
const SOCKETS_MAX = 64
const BROKER_PORT = 1883
const BUFFER_SIZE = 5_744
/** Variables that are left when memory is low: fewer than a board wants for another connection. */
const VARIABLES_LEFT = 250

type Link = NonNullable<ReturnType<VirtualDriver['connect']>>

interface Connection {
  peer: Peer
  link: Link
  /** Of a client that reads slowly: bytes that were shown, and are not read. */
  unread?: number
}

export class BoardWorld implements World {
  readonly virtualTime = true
  readonly board
  readonly driver: VirtualDriver
  /** Every client that ever connected. */
  readonly opened: Peer[] = []
  /** Clients whose sessions the board says have ended, and how many lines of its output have been read for it. */
  private readonly ended: string[] = []
  private linesRead = 0
  private connections: Connection[] = []
  /** Networks that are out of reach. */
  private readonly lost: WifiNetworks = {}

  /**
   * `given` are files of the board's Storage beside the bundle, or instead of it; `networks` the Wi-Fi in reach;
   * `flash` is what a board like this left when its power went; `socketsMax` sockets are more than the firmware has,
   * unless told; `memory` is otherwise than a board's that has plenty.
   */
  constructor(
    readonly name: BundleName, random: () => number, given: Record<string, string> = {}, networks: WifiNetworks = {},
    flash?: Uint8Array, socketsMax = SOCKETS_MAX, memory: BoardOptions = {},
  ) {
    this.board = boardOf(name)
    const files = { ...given, '.bootcde': given['.bootcde'] ?? bundleText(name) }
    const boardName = name.startsWith('esp32c3') ? 'ESP32C3_IDF4' : 'ESP32'
    this.driver = new VirtualDriver({
      files, boardName, socketsMax, random, networks, ...flash && { flash }, ...memory,
    })
    this.driver.start()
    this.settle()
  }

  open(version: Version = 5): Promise<Peer> {
    const link = this.driver.connect(BROKER_PORT)
    if (!link && !this.isOnline) return Promise.resolve(unreachable(version))
    if (!link) throw new Error(`the board does not listen:\n${this.driver.board.output.join('\n')}`)
    const wire: Wire = {
      write: (bytes) => link.send(bytes),
      drop: () => link.reset(),
      pause: (paused) => {
        link.reading = !paused
        // What the network holds for a client is not the broker's to limit.
        link.bufferSize = paused ? 0 : BUFFER_SIZE
      },
      sip: () => {
        link.reading = false
        connection.unread = 0
      },
      read: (size) => {
        connection.unread! -= link.wire.toPeer.take(size).length
      },
      until: () => this.settled(),
      settle: () => this.settled(),
    }
    const peer = new Peer(wire, version)
    const connection: Connection = { peer, link }
    this.connections.push(connection)
    this.opened.push(peer)
    return this.settled().then(() => peer)
  }

  get isOnline(): boolean {
    return this.driver.board.tcp.isLinked
  }

  get flash(): Uint8Array | undefined {
    return this.board.FEATURE_RECORDS ? this.driver.board.flash.bytes : undefined
  }

  sessionsEnded(): string[] {
    const { output } = this.driver.board
    for (; this.linesRead < output.length; this.linesRead++) {
      const line = /^session (?:expired|replaced): (.*)$/.exec(output[this.linesRead])
      if (line) this.ended.push(JSON.parse(line[1]) as string)
    }
    return this.ended
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

  fault(fault: MachineFault): void {
    const { board } = this.driver
    const { wifi, heap } = board
    if (fault === 'clock at 1970') board.evaluate('setTime(0)')
    else if (fault === 'clock forward') board.evaluate('setTime(getTime()+1e9)')
    else if (fault === 'clock back') board.evaluate('setTime(getTime()-3600)')
    else if (fault === 'memory low') heap.usedBase = heap.total - VARIABLES_LEFT
    else if (fault === 'memory free') heap.usedBase = board.options.heapUsed
    else if (fault === 'Wi-Fi back') Object.assign(wifi.networks, this.lost)
    else {
      Object.assign(this.lost, wifi.networks)
      for (const name of Object.keys(wifi.networks)) delete wifi.networks[name]
      wifi.lose()
    }
  }

  /** Whatever a case was about, a board that reports an error has one. */
  close(): Promise<void> {
    const { uncaught } = this.driver.board
    if (uncaught.length > 0) throw new Error(`the board reports ${String(uncaught[0])}`)
    return Promise.resolve()
  }

  /** Runs the board until it rests, and hands to the peers what it sent: who has read is sent more. */
  private settle(): void {
    do this.driver.settle()
    while (this.read())
    this.connections = this.connections.filter(({ peer }) => !peer.isClosed)
  }

  /** Has all clients read; answers whether one that reads at once had something to read. */
  private read(): boolean {
    let hasRead = false
    for (const connection of this.connections) {
      const { peer, link } = connection
      if (connection.unread !== undefined) {
        this.show(connection)
        continue
      }
      const bytes = link.take()
      if (bytes.length > 0) peer.feed(bytes)
      hasRead ||= bytes.length > 0
      if (link.closed) peer.ended()
    }
    return hasRead
  }

  /** Shows to a client that reads slowly what the board has written, wherever it waits. */
  private show(connection: Connection): void {
    const { peer, link } = connection
    const { tcp } = this.driver.board
    if (!link.wire.linked) return
    const written = Buffer.concat([link.wire.toPeer.peek(), tcp.queued(link.wire)])
    if (written.length > connection.unread!) peer.feed(written.subarray(connection.unread))
    connection.unread = written.length
    if (!tcp.isEnding(link.wire)) return
    peer.ended()
    link.reset()
  }

  private settled(): Promise<void> {
    this.settle()
    return Promise.resolve()
  }
}

/** A client that found nobody. */
function unreachable(version: Version): Peer {
  const nothing = (): void => undefined
  const peer = new Peer({ write: nothing, drop: nothing, pause: nothing, until: () => Promise.resolve(),
    settle: () => Promise.resolve() }, version)
  peer.ended()
  return peer
}

/** A fresh board, or one that starts again. The same seed gives the same run. */
export function boardWorld(
  name: BundleName, configuration: Configuration = {}, seed = 0x1234_5678, files: Record<string, string> = {},
  networks: WifiNetworks = {}, flash?: Uint8Array, socketsMax?: number,
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
  return Promise.resolve(new BoardWorld(name, random, given, networks, flash, socketsMax))
}
