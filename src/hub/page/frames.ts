// MQTT over a WebSocket (RFC 6455): to the broker the connection becomes one like those of port 1883, whose bytes come
// in frames and leave in frames. Frames may come in any pieces, and of one no more is kept than the beginning of its
// head.
import { frameWrite } from './frame_write'
import { PATIENCE_S, type Frames, type Visitor } from './visitor'

const BINARY = 2
const CLOSE = 8
const PING = 9
const PONG = 10

// Why a WebSocket is closed. [RFC 6455 section 7.4.1]
const NORMAL = 1_000
const PROTOCOL_ERROR = 1_002
const NOT_ACCEPTABLE = 1_003
const TOO_LARGE = 1_009

/** Says why, and ends the connection: the engine's 'close' tells the broker. */
function closeWith(visitor: Visitor, payload: string): void {
  const frames = visitor.frames!
  if (frames._isOver) return
  frames._isOver = true
  visitor.left = PATIENCE_S
  frameWrite(visitor, CLOSE, payload)
  visitor.leave()
}

const reason = (code: number): string => String.fromCharCode(code >> 8, code & 0xff)

// What the broker calls.

function end(this: Visitor): void {
  closeWith(this, reason(NORMAL))
}

function on(this: Visitor, _event: 'data', handler: Visitor['take']): unknown {
  return this.take = handler
}

/** Makes the connection one of the broker's, which writes by `write`. */
export function framesBegin(visitor: Visitor, write: Visitor['write']): void {
  visitor.frames = { _begun: '', _left: -1, _opcode: 0, _mask: 0, _isOpen: false, _control: '', _isOver: false }
  visitor.left = visitor.received = 0
  visitor.put = visitor.write
  visitor.leave = visitor.end
  visitor.write = write
  visitor.end = end
  visitor.on = on
  accept(visitor)
}

/** What is wrong with the first two bytes of a frame; 0: nothing. */
function fault(frames: Frames, first: number, second: number): number {
  const opcode = first & 15
  // [MQTT-6.0.0-1]
  if (opcode === 1) return NOT_ACCEPTABLE
  const isFine = !(first & 0x70) && second > 127 && (opcode > 7
    ? opcode <= PONG && first > 127 && second <= 0x80 + 125
    : opcode === (frames._isOpen ? 0 : BINARY))
  return isFine ? 0 : PROTOCOL_ERROR
}

/** Takes a frame's head; answers its size, 0: more must come. */
function headTake(visitor: Visitor, data: string): number {
  const frames = visitor.frames!
  const byte = (at: number): number => data.charCodeAt(at)
  if (data.length < 2) return 0
  const first = byte(0)
  const short = byte(1) & 127
  const extra = short < 126 ? 0 : short === 126 ? 2 : 8
  let problem = fault(frames, first, byte(1))
  if (!problem && data.length < 6 + extra) return 0
  if (!problem && extra > 2 && data.substr(2, 4) !== '\0\0\0\0') problem = TOO_LARGE
  if (problem) {
    closeWith(visitor, reason(problem))
    return 0
  }
  // Of the last bytes of a long size: the others are 0.
  frames._left = !extra ? short : (extra > 2 ? byte(6) * 0x1000000 + (byte(7) << 16) : 0)
    + (byte(extra) << 8 | byte(extra + 1))
  frames._opcode = first & 15
  if (frames._opcode < CLOSE) frames._isOpen = first < 128
  frames._control = ''
  const at = 2 + extra
  frames._mask = byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24
  return at + 4
}

/** Takes the mask off, four bytes at a time: a byte at a time takes the engine four times as long. */
function unmasked(frames: Frames, piece: string): string {
  const size = piece.length
  const mask = frames._mask
  const bytes = E.toUint8Array(piece + '\0\0\0'.substr(0, -size & 3))
  const words = new Int32Array(bytes.buffer)
  for (let i = words.length; i--;) words[i] ^= mask
  const turn = (size & 3) * 8
  if (turn) frames._mask = mask >>> turn | mask << 32 - turn
  return E.toString(bytes)!.substr(0, size)
}

/** A ping or a close is whole. */
function controlAnswer(visitor: Visitor, opcode: number, payload: string): void {
  if (opcode === CLOSE) closeWith(visitor, payload.substr(0, 2))
  else if (opcode === PING) frameWrite(visitor, PONG, payload)
}

/** Hands what frames carry to the broker. */
export function framesTake(visitor: Visitor, data: string): void {
  const frames = visitor.frames!
  let rest = frames._begun + data
  frames._begun = ''
  while (rest && !frames._isOver) {
    if (frames._left < 0) {
      const size = headTake(visitor, rest)
      if (!size) {
        frames._begun = rest
        return
      }
      rest = rest.substr(size)
    }
    const piece = rest.substr(0, frames._left)
    const isControl = frames._opcode >= CLOSE
    rest = rest.substr(piece.length)
    frames._left -= piece.length
    if (piece && isControl) frames._control += unmasked(frames, piece)
    else if (piece) visitor.take(unmasked(frames, piece))
    if (frames._left) return
    frames._left = -1
    if (isControl) controlAnswer(visitor, frames._opcode, frames._control)
  }
}
