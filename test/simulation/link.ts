// A connection as it stands at the broker's port: what has arrived on it, and what its CONNECT said.

import { frameCut } from '../support/frame'
import type { AnyPacket, Peer, Version } from '../support/peer'

export class Link {
  /** 'new' until a CONNECT was accepted. */
  state: 'new' | 'connected' | 'over' = 'new'
  clientId = ''
  /** Of the client's name, or of its certificate's; undefined: none. */
  user: string | undefined
  /** Milliseconds of one and a half Keep Alives; 0: none. */
  silenceMs = 0
  /** Milliseconds as CONNECT said; Infinity: never. */
  sessionExpiry = 0
  /** When the last byte arrived since its CONNECT, or the connection began. */
  heardAt: number
  /** When the client stopped reading; undefined: it reads. */
  slowSince: number | undefined
  /** Packets that a client which reads slowly has not read, by their sizes; undefined: it reads at once. */
  unread: { size: number, left: number }[] | undefined
  /** Bytes that the broker sent to it in the step in hand. */
  sentAtOnce = 0
  /** When it read last. */
  readAt = 0
  readonly aliases = new Map<number, string>()
  /** What the broker sent and no rule has asked for yet, in order: everything but PUBLISH and PUBREL. */
  answers: AnyPacket[] = []
  /** PUBLISH and PUBREL that are not judged yet. */
  readonly stream: AnyPacket[] = []
  /** What has come of a packet that is not whole. */
  pending: Uint8Array = new Uint8Array(0)
  /** When its first byte came. */
  begunAt = 0

  /** `place`: the connection's slot in the broker. */
  constructor(
    readonly id: number, public version: Version, readonly peer: Peer, time: number, readonly place: number,
  ) {
    this.heardAt = time
  }

  /** Bytes arrived: answers the packets that they complete. */
  arrive(bytes: Uint8Array): Uint8Array[] {
    const { packets, rest } = frameCut(Buffer.concat([this.pending, bytes]))
    this.pending = rest
    return packets
  }

  get isBetweenPackets(): boolean {
    return this.pending.length === 0
  }

  /** Takes the next answer, which must be this one. */
  take(cmd: string, messageId?: number): AnyPacket {
    const packet = this.answers.shift()
    if (packet?.cmd === cmd && (messageId === undefined || packet.messageId === messageId)) return packet
    throw new Error(`${this.name}: expected ${cmd} ${messageId ?? ''}, received ${JSON.stringify(packet)}`)
  }

  /** Why the broker has closed the connection; undefined where it could not say so, in the midst of a packet. */
  takeReason(): number | undefined {
    if (this.version !== 5 || this.peer.hasHalfPacket) return undefined
    return this.take('disconnect').reasonCode ?? 0
  }

  get name(): string {
    return `connection ${this.id} (${this.clientId}, version ${this.version})`
  }
}
