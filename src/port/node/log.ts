// What the core reports by codes, in words.
import {
  LOG_ACCEPTED, LOG_CLOSED, LOG_CONNECTED, LOG_FULL, LOG_PUBLISH_REFUSED, LOG_REFUSED, LOG_SESSION_EXPIRED, LOG_WILL,
} from '../../broker/log_code'
import { NO_REASON } from '../../codec/reason_code'
import { linkOf } from './transmit'

/** Takes one line of the log. */
export type LogWriter = (line: string) => void

let writeLine: LogWriter | null = null

/** Where the log goes; null: nowhere. */
export function logTo(writer: LogWriter | null): void {
  writeLine = writer
}

function hexadecimal(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`
}

const words: Record<number, (slot: number, value: number) => string> = {
  [LOG_ACCEPTED]: (slot) => `connection ${slot} opened`,
  [LOG_CONNECTED]: (slot, version) =>
    `connection ${slot} from ${linkOf(slot)?.address ?? 'nowhere'}: MQTT ${version === 5 ? '5.0' : version === 4 ? '3.1.1' : '3.1'}`,
  [LOG_CLOSED]: (slot, code) => `connection ${slot} closed${code === NO_REASON ? '' : `, reason ${hexadecimal(code)}`}`,
  [LOG_REFUSED]: (slot, code) => `connection ${slot} refused, reason ${hexadecimal(code)}`,
  [LOG_FULL]: () => 'a connection was turned away: no slot is free',
  [LOG_PUBLISH_REFUSED]: (slot, code) => `connection ${slot}: a message was refused, reason ${hexadecimal(code)}`,
  [LOG_SESSION_EXPIRED]: (session) => `session ${session} expired`,
  [LOG_WILL]: (session) => `the Will of session ${session} was published`,
}

export function portLog(code: number, a: number, b: number): void {
  if (writeLine) writeLine(words[code](a, b))
}
