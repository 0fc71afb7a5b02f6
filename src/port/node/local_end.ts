// A connection of the program to its own broker: a stream inside the process, by which it is a client like others. What
// the broker sends is read only as fast as its owner takes it.
import { Duplex } from 'node:stream'
import { CONNACK, DISCONNECT } from '../../codec/packet_type'
import { type Connack, connackRead } from '../../client/connack'
import { type ConnectTerms, connectPacketOf } from '../../client/connect_packet'
import { type CutPacket, PacketCutter } from '../../client/packet_cutter'
import { disconnectPacket, pingPacket } from '../../client/packets'

export interface LocalTaker {
  connected(connack: Connack): void
  packet(type: number, packet: CutPacket): void
  /** The broker has ended the connection; 0: it has not said why. */
  closed(reasonCode: number): void
  /** Whether nothing more is to be read for now; `goOn` says when it is. */
  isHeld(): boolean
  /** The broker takes no more bytes for now, or takes them again. */
  full(isFull: boolean): void
}

export class LocalEnd {
  private readonly cutter = new PacketCutter()
  private readonly stream: Duplex
  private pings: NodeJS.Timeout | undefined
  private isConnected = false
  private isClosed = false
  /** Of the broker's DISCONNECT. */
  private reasonCode = 0
  /** Lets the broker send more. */
  private release: (() => void) | null = null

  /** Throws where the broker has no room. */
  constructor(attach: (stream: Duplex) => boolean, terms: ConnectTerms, private readonly taker: LocalTaker) {
    this.stream = new Duplex({
      read: () => taker.full(false),
      // Not at once: the broker may be in the middle of something.
      write: (chunk: Uint8Array, _encoding, done) => queueMicrotask(() => {
        for (const packet of this.cutter.cut(chunk)) if (!this.isClosed) this.take(packet)
        this.release = done
        this.goOn()
      }),
      final: (done) => {
        this.stream.push(null)
        done()
      },
    })
    this.stream.on('close', () => this.closed())
    if (!attach(this.stream)) throw new Error('The broker has no room for the program\'s own client.')
    this.send(connectPacketOf(terms))
  }

  private take(packet: CutPacket): void {
    const type = packet.bytes[0] >> 4
    if (this.isConnected) {
      if (type === DISCONNECT) this.reasonCode = packet.bytes[packet.bodyAt] ?? 0
      else this.taker.packet(type, packet)
    } else if (type === CONNACK) {
      this.isConnected = true
      const connack = connackRead(packet.bytes.subarray(packet.bodyAt), 5)
      // The broker bounds everybody's Keep Alive. [MQTT-3.2.2-21]
      const { serverKeepAlive } = connack
      if (serverKeepAlive) this.pings = setInterval(() => this.send(pingPacket()), serverKeepAlive * 1_000).unref()
      this.taker.connected(connack)
    }
  }

  send(bytes: Uint8Array): void {
    if (!this.isClosed && !this.stream.push(bytes)) this.taker.full(true)
  }

  /** More may be read, if the taker says so. */
  goOn(): void {
    if (!this.release || this.taker.isHeld()) return
    const { release } = this
    this.release = null
    release()
  }

  /** Leaves; the session stays for as long as it was asked for. */
  close(): void {
    if (this.isClosed) return
    this.send(disconnectPacket())
    this.stop()
  }

  private stop(): void {
    this.isClosed = true
    clearInterval(this.pings)
    // The broker may be waiting for it.
    const { release } = this
    this.release = null
    release?.()
  }

  private closed(): void {
    if (this.isClosed) return
    this.stop()
    this.taker.closed(this.reasonCode)
  }
}
