// The session that a bridge has in its own broker, before there is a connection to the other one.
import type { Duplex } from 'node:stream'
import { SUBACK } from '../../../codec/packet_type'
import {
  NO_LOCAL, RETAINED_NEVER, RETAIN_AS_PUBLISHED, subscribeManyPacket,
} from '../../../client/packets'
import { type BridgeTerms, CARRIED_SIZE_MAX } from './bridge_terms'
import { LocalEnd } from '../local_end'

const SUBSCRIBE_IDENTIFIER = 1

/**
 * Opens the session and subscribes what goes out, and leaves: messages are kept for the other broker from then on.
 * Answers whether there was one already; rejects with a sentence where the broker refuses it.
 */
export function sessionPrepare(
  { localClientIdentifier }: BridgeTerms, filters: Map<string, number>,
  { attach, localUserName }: { attach: (stream: Duplex) => boolean, localUserName: string },
): Promise<boolean> {
  let isPresent = false
  return new Promise((resolve, reject) => {
    const end = new LocalEnd(attach, {
      version: 5, isBridge: false, clientIdentifier: localClientIdentifier, userName: localUserName, isClean: false,
      keepAlive: 0, sessionExpiry: 0xffff_ffff, receiveMaximum: 1, packetSizeMax: CARRIED_SIZE_MAX,
    }, {
      connected: ({ reasonCode, isSessionPresent }) => {
        isPresent = isSessionPresent
        const code = `0x${reasonCode.toString(16)}`
        if (reasonCode) reject(new Error(`this broker refuses the bridge with Reason Code ${code}`))
        else if (filters.size) end.send(subscribeManyPacket(5, SUBSCRIBE_IDENTIFIER, wantedOf(filters)))
        else leave()
      },
      packet: (type) => {
        if (type === SUBACK) leave()
      },
      closed: () => reject(new Error('this broker has ended the connection of the bridge')),
      isHeld: () => false,
      full: () => undefined,
    })
    const leave = (): void => {
      end.close()
      resolve(isPresent)
    }
  })
}

const wantedOf = (filters: Map<string, number>): { filter: string, options: number }[] =>
  [...filters].map(([filter, qos]) => ({ filter, options: qos | NO_LOCAL | RETAIN_AS_PUBLISHED | RETAINED_NEVER }))
