// One raw client connection, whatever carries it. A Peer never answers by itself: what a test does not send is not
// sent. Its received packets wait in a queue until the test takes them.

import * as mqttPacket from 'mqtt-packet'
import type { Packet, PacketCmd } from 'mqtt-packet'
import { frameDecode, frameSize, type Received } from './frame'

export type Version = 3 | 4 | 5

/** What a World gives a Peer to speak through. */
export interface Wire {
  write(bytes: Uint8Array): void
  /** The network is lost: no DISCONNECT, and nothing more arrives. */
  drop(): void
  /** Stops (true) or goes on (false) taking bytes from the broker. */
  pause(paused: boolean): void
  /** From now on what is written is shown at once, and counts as unread until `read` takes it. */
  sip?(): void
  /** Reads so many bytes of it. */
  read?(size: number): void
  /** Waits until a condition holds or the world's patience is over. */
  until(condition: () => boolean): Promise<void>
  /** Waits until everything that was sent has been answered, as far as the world can know. */
  settle(): Promise<void>
}

/** Sorted out of Packet's union for comfortable assertions: any field may be there. */
export type AnyPacket = Packet & Record<string, never> & {
  cmd: PacketCmd
  messageId: number
  reasonCode: number
  returnCode: number
  sessionPresent: boolean
  topic: string
  payload: Buffer
  qos: 0 | 1 | 2
  dup: boolean
  retain: boolean
  granted: number[]
  properties: Record<string, never> | undefined
  bytes: Uint8Array
}

export class Peer {
  version: Version
  clientId = ''
  isClosed = false
  private readonly chunks: Uint8Array[] = []
  private stream: Uint8Array = new Uint8Array(0)
  private readonly queue: Received[] = []
  private identifierLast = 0
  private failure: Error | undefined

  constructor(private readonly wire: Wire, version: Version) {
    this.version = version
  }

  /** Every byte that arrived, in order. */
  get raw(): Uint8Array {
    return Buffer.concat(this.chunks)
  }

  /** For the world: bytes arrived. */
  feed(bytes: Uint8Array): void {
    this.chunks.push(bytes)
    this.stream = this.stream.length === 0 ? bytes : Buffer.concat([this.stream, bytes])
    try {
      for (;;) {
        const size = frameSize(this.stream)
        if (size === 0) return
        const packetBytes = this.stream.slice(0, size)
        this.stream = this.stream.slice(size)
        this.queue.push({ packet: frameDecode(packetBytes, this.version), bytes: packetBytes })
      }
    } catch (error) {
      this.failure ??= error as Error
    }
  }

  /** For the world: the broker closed the connection. */
  ended(): void {
    this.isClosed = true
  }

  /** Whether a packet has begun to arrive and is not all there. */
  get hasHalfPacket(): boolean {
    return this.stream.length > 0
  }

  /** A Packet Identifier that this peer has not used lately. */
  identifier(): number {
    this.identifierLast = this.identifierLast % 65_535 + 1
    return this.identifierLast
  }

  /** Sends a packet of mqtt-packet's, or raw bytes. */
  async send(packet: Packet | Uint8Array | number[]): Promise<void> {
    this.wire.write(this.encode(packet))
    await this.wire.settle()
  }

  /** Sends bytes in pieces of the given sizes; the last size repeats. */
  async sendSplit(packet: Packet | Uint8Array | number[], sizes: number[]): Promise<void> {
    const bytes = this.encode(packet)
    let at = 0
    for (let index = 0; at < bytes.length; index++) {
      const size = sizes[Math.min(index, sizes.length - 1)]
      this.wire.write(bytes.subarray(at, at + size))
      at += size
    }
    await this.wire.settle()
  }

  encode(packet: Packet | Uint8Array | number[]): Uint8Array {
    if (Array.isArray(packet) || packet instanceof Uint8Array) return Uint8Array.from(packet)
    return mqttPacket.generate(packet, { protocolVersion: this.version })
  }

  /** The next packet; fails when none came or when it is not the expected kind. */
  async receive(cmd?: PacketCmd): Promise<AnyPacket> {
    await this.wire.until(() => this.queue.length > 0 || this.isClosed || this.failure !== undefined)
    if (this.queue.length === 0 && this.failure) throw this.failure
    const received = this.queue.shift()
    if (!received) throw new Error(`${this.label()} expected ${cmd ?? 'a packet'}: ${this.state()}`)
    if (cmd !== undefined && received.packet.cmd !== cmd) {
      throw new Error(`${this.label()} expected ${cmd}, received ${JSON.stringify(received.packet)}`)
    }
    return Object.assign(received.packet, { bytes: received.bytes }) as AnyPacket
  }

  /** The next packet of one kind; what came before it stays for later. */
  async take(cmd: PacketCmd): Promise<AnyPacket> {
    const isIt = ({ packet }: Received): boolean => packet.cmd === cmd
    await this.wire.until(() => this.queue.some(isIt) || this.isClosed || this.failure !== undefined)
    const index = this.queue.findIndex(isIt)
    if (index > 0) this.queue.unshift(...this.queue.splice(index, 1))
    return this.receive(cmd)
  }

  /** Everything that has arrived so far and was not taken yet. */
  async drain(): Promise<AnyPacket[]> {
    await this.wire.settle()
    return this.arrived()
  }

  /** The same without waiting for more: enough where everything happens at once. */
  arrived(): AnyPacket[] {
    if (this.failure) throw this.failure
    return this.queue.splice(0).map(({ packet, bytes }) => Object.assign(packet, { bytes }) as AnyPacket)
  }

  /** Asserts that nothing more arrived and the connection is still open. */
  async silence(): Promise<void> {
    await this.wire.settle()
    if (this.failure) throw this.failure
    if (this.queue.length > 0 || this.isClosed) {
      throw new Error(`${this.label()} expected silence: ${this.state()}`)
    }
  }

  /** Asserts that the broker closed the connection and sent nothing that was not taken. */
  async closed(): Promise<void> {
    await this.wire.until(() => this.isClosed)
    if (this.failure) throw this.failure
    if (!this.isClosed || this.queue.length > 0) {
      throw new Error(`${this.label()} expected the connection to be closed: ${this.state()}`)
    }
    if (this.stream.length > 0) throw new Error(`${this.label()} closed in the middle of a packet`)
  }

  /** The network is lost, without a DISCONNECT. */
  async drop(): Promise<void> {
    this.wire.drop()
    this.isClosed = true
    await this.wire.settle()
  }

  pauseReading(): void {
    this.wire.pause(true)
  }

  /** Reads slowly from now on: sees at once what the broker writes, and has read what `read` takes of it. */
  sip(): void {
    if (!this.wire.sip) throw new Error('this world reads all or nothing')
    this.wire.sip()
  }

  async read(size: number): Promise<void> {
    this.wire.read!(size)
    await this.wire.settle()
  }

  async resumeReading(): Promise<void> {
    this.wire.pause(false)
    await this.wire.settle()
  }

  private label(): string {
    return `client ${JSON.stringify(this.clientId)} (version ${this.version})`
  }

  private state(): string {
    const waiting = this.queue.map(({ packet }) => JSON.stringify(packet)).join(', ')
    return `${this.isClosed ? 'closed' : 'open'}, waiting: [${waiting}]`
  }
}
