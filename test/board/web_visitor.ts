// A browser's end of a connection to a board's page, byte by byte.
import { createHash } from 'node:crypto'
import { parser as packetParser, type Packet } from 'mqtt-packet'
import type { Peer } from '../../src/simulator/peer'
import type { VirtualDriver } from '../../src/simulator/virtual_driver'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

/** A request as its bytes. */
export const request = (line: string, fields: Record<string, string> = {}): string =>
  `${line}\r\n${Object.entries({ Host: 'midge.local', ...fields }).map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`

export const UPGRADE = {
  Connection: 'keep-alive, Upgrade', Upgrade: 'WebSocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': KEY,
  'Sec-WebSocket-Protocol': 'mqttv3.1, mqtt', Origin: 'http://midge.local',
}

const HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
export const ACCEPTED = createHash('sha1').update(KEY + HANDSHAKE).digest('base64')

interface FrameShape {
  /** First byte; a whole binary message unless told. */
  first?: number
  /** Bytes of the size, more than it needs. */
  sizeBytes?: 2 | 8
  isMasked?: boolean
}

const MASK = [0x80, 0xff, 0x13, 0x00]

/** A frame of a browser. */
export function frame(payload: Uint8Array | string, shape: FrameShape = {}): Buffer {
  const { first = 0x82, sizeBytes, isMasked = true } = shape
  const bytes = Buffer.from(payload)
  const wide = sizeBytes ?? (bytes.length < 126 ? 0 : 2)
  const size = Buffer.alloc(wide)
  if (wide === 2) size.writeUInt16BE(bytes.length)
  if (wide === 8) size.writeBigUInt64BE(BigInt(bytes.length))
  const short = wide === 0 ? bytes.length : wide === 2 ? 126 : 127
  const head = Buffer.concat([Buffer.from([first, (isMasked ? 0x80 : 0) | short]), size])
  if (!isMasked) return Buffer.concat([head, bytes])
  return Buffer.concat([head, Buffer.from(MASK), bytes.map((byte, at) => byte ^ MASK[at & 3])])
}

export interface Frame { first: number, payload: Buffer }

/** The frames that a server has sent; throws where it has masked one. */
export function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length;) {
    const [first, short] = bytes.subarray(at)
    if (short > 127) throw new Error('a server masks nothing')
    const wide = short < 126 ? 0 : short === 126 ? 2 : 8
    const size = wide === 0 ? short : wide === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    at += 2 + wide
    frames.push({ first, payload: bytes.subarray(at, at += size) })
  }
  return frames
}

/** The packets that frames carry. */
export function packetsOf(frames: Frame[]): Packet[] {
  const packets: Packet[] = []
  const parser = packetParser({ protocolVersion: 4 })
  parser.on('packet', (packet) => packets.push(packet))
  for (const { first, payload } of frames) if ((first & 15) === 2) parser.parse(payload)
  return packets
}

export class WebVisitor {
  private constructor(private readonly driver: VirtualDriver, readonly peer: Peer) {}

  /** Connects; null: the board has no socket left, or nobody listens. */
  static open(driver: VirtualDriver, port = 80): WebVisitor | null {
    const peer = driver.connect(port)
    driver.settle()
    return peer && new WebVisitor(driver, peer)
  }

  /** Sends, in pieces that the board reads one by one; answers what has come since. */
  send(...pieces: (Uint8Array | string)[]): Buffer {
    for (const piece of pieces) {
      this.peer.send(piece)
      this.driver.settle()
    }
    return this.read()
  }

  /** What has come; a board goes on sending while somebody reads. */
  read(): Buffer {
    const parts: Uint8Array[] = []
    for (let part = this.peer.take(); part.length; part = this.peer.take()) {
      parts.push(part)
      this.driver.settle()
    }
    return Buffer.concat(parts)
  }
}
