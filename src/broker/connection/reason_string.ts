// Reason Strings: what a Reason Code says in words, for people who read a client's log. [MQTT 5.0 section 4.13]
import { REASON_STRING } from '../../codec/property_identifier'
import { packAt, packSkip, writeByte, writeText } from '../../codec/writer'
import { memory } from '../../memory'

/** The words of the Reason Codes from 0x80 on, in order; empty: the server never sends it. */
const WORDS = [
  'Unspecified error', 'Malformed packet', 'Protocol error', 'Implementation specific error',
  'Unsupported protocol version', 'Client identifier not valid', 'Bad user name or password', 'Not authorized',
  'Server unavailable', '', 'Banned', 'Server shutting down', 'Bad authentication method', 'Keep alive timeout',
  'Session taken over', 'Topic filter invalid', 'Topic name invalid', '', 'Packet identifier not found',
  'Receive maximum exceeded', 'Topic alias invalid', 'Packet too large', 'Message rate too high', 'Quota exceeded', '',
  'Payload format invalid', '', 'QoS not supported', '', '', 'Shared subscriptions not supported',
  'Connection rate exceeded', 'Maximum connect time',
]

/** Writes the property, if there are words for the Reason Code. */
export function writeReasonString(reasonCode: number): void {
  const words = WORDS[reasonCode - 0x80]
  if (!words) return
  writeByte(REASON_STRING)
  const sizeAt = packAt
  packSkip(2)
  writeText(words)
  memory[sizeAt] = 0
  memory[sizeAt + 1] = packAt - sizeAt - 2
}
