// What time it is: by SNTP (RFC 4330, and what RFC 5905 says of its packets) from a server, once an hour, and by the
// board's own clock in between. Each question carries 64 bits of chance in the place of the time at which it was sent
// (RFC 9769 has the like), which the answer must repeat: who does not see the question cannot answer it.
//
// Invariant: an answer is believed once, and only while its question waits; before the clock leaps it is asked twice.
import { TIME_MIN, calendarTick, hasTime } from './calendar'

const PORT = 123
/** From 1900, where the protocol's time begins, to 1970. */
const EPOCH_S = 2_208_988_800
/** Milliseconds that an answer has. */
const ANSWER_MS = 4_000
/** Seconds until the next question: where the last was answered; at first where it was not, twice that each time. */
const NEXT_S = 3_600
const RETRY_S = 4
const RETRY_S_MAX = 4_096
/** Answers that are missing until it is said: Wi-Fi takes some seconds itself. */
const SILENT_MIN = 3
/** A clock that is set otherwise by more is asked for again: seconds; and how far the second answer may be off. */
const LEAP_S = 60
const LEAP_EQUAL_S = 5
/** Seconds between question and answer, beyond which an answer says too little. */
const WAY_S_MAX = 2

interface DatagramSocket {
  on (event: 'message' | 'error', handler: (data: string) => void): void
  send (data: string, port: number, host: string): void
  close (): void
}

interface DatagramModule { createSocket (type: 'udp4'): DatagramSocket }

let server = ''
let socket: DatagramSocket | undefined
let timer: NodeJS.Timeout | undefined
let cookie = ''
let askedAt = 0
let retryS = RETRY_S
/** Questions without an answer, one behind the other. */
let silent = 0
/** By how much an answer would have the clock leap, which waits for a second one. */
let leapS = 0

function bytes (text: string, at: number, count: number): number {
  let value = 0
  for (let i = 0; i < count; i++) value = value * 256 + text.charCodeAt(at + i)
  return value
}

/** A timestamp, seconds since 1970. Those before 1968 are behind the protocol's turn of 2036 (RFC 4330, section 3). */
function timestamp (text: string, at: number): number {
  const seconds = bytes(text, at, 4)
  return (seconds < 0x80000000 ? seconds + 0x100000000 : seconds) - EPOCH_S + bytes(text, at + 4, 4) / 0x100000000
}

function later (next: () => void, ms: number): void {
  if (timer) clearTimeout(timer)
  timer = setTimeout(next, ms)
}

function close (): void {
  cookie = ''
  if (socket) socket.close()
  socket = undefined
}

function ask (): void {
  let chance = ''
  for (let i = 0; i < 8; i++) chance += String.fromCharCode(E.hwRand() & 0xff)
  later(miss, ANSWER_MS)
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
    socket = (require('dgram') as DatagramModule).createSocket('udp4')
    socket.on('message', hear)
    socket.on('error', () => undefined)
    // Version 4, a client; all else is nobody's to know.
    socket.send('\x23' + '\0'.repeat(39) + chance, PORT, server)
  } catch { /* There is no network yet, or no such name: nobody will answer. */ }
  cookie = chance
  askedAt = getTime()
}

/** Nobody has answered. */
function miss (): void {
  close()
  leapS = 0
  if (++silent === SILENT_MIN) {
    print(`time: no answer from ${server}: ${hasTime() ? 'the clock goes on by itself'
      : 'what is to be at a time waits until there is one'}`)
  }
  later(ask, retryS * 1_000)
  retryS = Math.min(retryS * 2, RETRY_S_MAX)
}

/** By how much the clock is behind, as an answer has it; NaN: it is no answer to be believed. */
function behind (answer: string): number {
  const now = getTime()
  const first = bytes(answer, 0, 1)
  const stratum = bytes(answer, 1, 1)
  const received = timestamp(answer, 32)
  const sent = timestamp(answer, 40)
  const way = now - askedAt - (sent - received)
  // RFC 4330, section 5: a server (4) that knows the time itself (no alarm, 3, in front, and a stratum).
  if ((first & 7) !== 4 || first >> 6 === 3 || !stratum || stratum > 15) return NaN
  return sent > TIME_MIN && sent >= received && way >= -0.1 && way < WAY_S_MAX ? sent + way / 2 - now : NaN
}

function hear (answer: string): void {
  if (!cookie || answer.length < 48 || answer.substr(24, 8) !== cookie) return
  const offset = behind(answer)
  // Stratum 0 asks for fewer questions (RFC 4330, section 8).
  if (!bytes(answer, 1, 1)) retryS = RETRY_S_MAX
  if (offset !== offset) return
  close()
  const isLeap = hasTime() && Math.abs(offset) > LEAP_S
  if (isLeap && !(leapS && Math.abs(offset - leapS) < LEAP_EQUAL_S)) {
    leapS = offset
    later(ask, RETRY_S * 1_000)
    return
  }
  set(offset, isLeap)
}

function set (offset: number, isLeap: boolean): void {
  const isNews = isLeap || !hasTime() || silent >= SILENT_MIN
  leapS = silent = 0
  retryS = RETRY_S
  setTime(getTime() + offset)
  if (isNews) print(`time: ${new Date().toString()}, from ${server}`)
  later(ask, NEXT_S * 1_000)
  calendarTick()
}

/** Asks that server from now on. */
export function clockStart (host: string): void {
  server = host
  ask()
  calendarTick()
}
