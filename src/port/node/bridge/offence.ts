// Which message of the other broker this one closes the connection for, as it is none that a client may publish: it
// would come again with each connection, for ever. The first without an answer may stand behind the culprit, where that
// was of QoS 0 and does not come again: so a message must be the first one twice in a row.
import {
  MALFORMED_PACKET, PACKET_TOO_LARGE, PAYLOAD_FORMAT_INVALID, PROTOCOL_ERROR, TOPIC_NAME_INVALID,
} from '../../../codec/reason_code'

/** Reason Codes of a DISCONNECT that speak of a packet. */
const OF_A_PACKET = [MALFORMED_PACKET, PROTOCOL_ERROR, TOPIC_NAME_INVALID, PACKET_TOO_LARGE, PAYLOAD_FORMAT_INVALID]

export class Offence {
  private suspect = 0

  /** The connection here was closed with a Reason Code. Whether the first message without an answer is to blame. */
  isOf(packetIdentifier: number, reasonCode: number): boolean {
    if (!OF_A_PACKET.includes(reasonCode)) return false
    const isAgain = packetIdentifier === this.suspect
    this.suspect = isAgain ? 0 : packetIdentifier
    return isAgain
  }
}
