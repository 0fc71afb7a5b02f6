// A client of the driver: who it is over all its connections.

import type { AnyPacket, Peer, Version } from '../support/peer'

export class DriverClient {
  peer: Peer | undefined
  /** The topics behind the Topic Aliases that it set on this connection. */
  readonly aliases = new Map<number, string>()
  sessionExpiry = 0
  private identifierLast = 0

  constructor(readonly clientId: string, readonly version: Version) {}

  /** A Packet Identifier that none of `used` has. */
  identifier(used: ReadonlyMap<number, string>): number {
    do {
      this.identifierLast = this.identifierLast % 65_535 + 1
    } while (used.has(this.identifierLast))
    return this.identifierLast
  }

  /** Takes the one answer that this client was sent; fails when there is another, or none. */
  answer(answers: Map<string, AnyPacket[]>, cmd: string, messageId?: number): AnyPacket {
    const list = answers.get(this.clientId)!
    const packet = list.shift()
    if (packet?.cmd !== cmd || (messageId !== undefined && packet.messageId !== messageId)) {
      throw new Error(`${this.clientId}: expected ${cmd} ${messageId ?? ''}, received ${JSON.stringify(packet)}`)
    }
    return packet
  }
}
