// The console of a board that runs: what it prints, and Espruino's packets (firmware 2v25 and later), by which an
// expression is evaluated and a file put into Storage while the broker goes on.
//
// A packet: 10 01, then two bytes of type (3 bits) and length (13), then the data; answered by 06 or 15. Source:
// jsiPacketProcess in Espruino's src/jsinteractive.c.

import { ConsoleLines } from './console_lines'
import { crc32 } from './crc32'
import { FlashError } from './flash_error'
import type { WebSerialPort } from './serial_port'
import type { StorageFile } from './storage_build'

/** Bits per second of Espruino's console. */
const BAUD = 115_200
const ACKNOWLEDGE = 0x06
const REFUSE = 0x15
const PACKET_START = 0x10
const PACKET_HEAD = 0x01
const STOP_SENDING = 0x13
const GO_ON_SENDING = 0x11
const EVALUATE = 0x2000
const FILE = 0x6000
const DATA = 0x8000
const SIZE_MASK = 0x1fff
/** Bytes of a file in one packet, and of a packet between two looks at whether the board can take more. */
const DATA_SIZE = 1_024
const PIECE_SIZE = 128
/** How long a board may take for one packet, milliseconds: it may erase pages of flash. */
const ANSWER_MS_MAX = 10_000

/** What a board prints before it starts anew by `restart`. */
export const RESTART_LINE = 'the board starts anew'

const noAnswer = (): FlashError => new FlashError('no answer',
  'the board does not answer: is it one with Espruino 2v26 or newer, does nothing else use its port, and, where it has '
  + 'two sockets, is the cable in the one with its console? An ESP32-S3 has it at UART up to 2v28, at USB from 2v29 on')

interface Waiting { take: (byte: number) => void, fail: (error: Error) => void }

export class BoardConsole {
  private readonly lines = new ConsoleLines()
  /** Bytes of a packet from the board; null: what comes is text. */
  private packet: number[] | null = null
  private before = 0
  private response = ''
  private waiting: Waiting | null = null
  private isStopped = false
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>
  private readonly writer: WritableStreamDefaultWriter<Uint8Array>
  /** Ends when the port does. */
  readonly ended: Promise<void>

  private constructor (private readonly port: WebSerialPort, private readonly print: (line: string) => void) {
    this.reader = port.readable!.getReader()
    this.writer = port.writable!.getWriter()
    this.ended = this.listen()
  }

  /** Opens a port; `print` hears every line that the board prints. */
  static async open (port: WebSerialPort, print: (line: string) => void): Promise<BoardConsole> {
    await port.open({ baudRate: BAUD })
    return new BoardConsole(port, print)
  }

  async close (): Promise<void> {
    await this.reader.cancel().catch(() => undefined)
    await this.ended
    this.writer.releaseLock()
    await this.port.close()
  }

  /** The value of an expression, of the types that JSON has. Throws FlashError when the board refuses it. */
  async evaluate (expression: string): Promise<unknown> {
    await this.send(EVALUATE, bytesOf(expression), true)
    return JSON.parse(this.response) as unknown
  }

  /**
   * Puts a file into Storage, in the place of one of its name, and has the board compute its CRC-32. `progress` hears
   * how much has arrived, 0 to 1.
   */
  async write ({ name, data }: StorageFile, progress: (fraction: number) => void): Promise<void> {
    const storage = 'require("Storage")'
    const free = await this.evaluate(`${storage}.getFree()`) as number
    // Making room would move the code that runs.
    if (free < data.length + DATA_SIZE) {
      throw new FlashError('no room', `Storage has ${free} bytes free, and ${name} has ${data.length}: flash the board `
        + 'anew, or update it that way')
    }
    await this.send(FILE, bytesOf(JSON.stringify({ fn: name, s: data.length })))
    for (let at = 0; at < data.length; at += DATA_SIZE) {
      await this.send(DATA, data.subarray(at, at + DATA_SIZE))
      progress(Math.min(1, (at + DATA_SIZE) / data.length))
    }
    if (await this.evaluate(`E.CRC32(${storage}.read("${name}"))`) !== crc32(data)) {
      throw new FlashError('verification', `${name} did not arrive as it was sent: do the same again`)
    }
  }

  /** Starts the board anew, which ends its connections. */
  async restart (): Promise<void> {
    // Not at once: the answer has to leave first, and so has the line that tells what was said before. Without hub.ran,
    // which says that hub.js has not lasted yet.
    await this.evaluate('setTimeout(()=>{require("Storage").erase("hub.ran");'
      + `print("${RESTART_LINE}");setTimeout(()=>E.reboot(),30)},100),0`)
  }

  private async send (type: number, data: Uint8Array, hasResponse = false): Promise<void> {
    const head = type | data.length
    const packet = Uint8Array.from([PACKET_START, PACKET_HEAD, head >> 8, head & 0xff, ...data])
    const answer = this.answer(hasResponse)
    // A board that has said stop may never say go on: its time runs from the first byte.
    const [isTaken] = await Promise.all([answer, this.writePieces(packet)])
    if (!isTaken) throw new FlashError('not a board', 'the board refused that: see what it printed')
  }

  /** Writes a packet as far as the board takes it, for as long as its answer is waited for. */
  private async writePieces (packet: Uint8Array): Promise<void> {
    const { waiting } = this
    const isAwaited = (): boolean => this.waiting === waiting
    for (let at = 0; at < packet.length; at += PIECE_SIZE) {
      while (this.isStopped && isAwaited()) await new Promise(resolve => setTimeout(resolve, 1))
      if (!isAwaited()) return
      await this.writer.write(packet.slice(at, at + PIECE_SIZE)).catch(() => this.waiting?.fail(noAnswer()))
    }
  }

  /** Whether the next packet is taken; with what it answers behind that. */
  private answer (hasResponse: boolean): Promise<boolean> {
    this.response = ''
    return new Promise<boolean>((resolve, reject) => {
      const timer = setTimeout(() => this.waiting?.fail(noAnswer()), ANSWER_MS_MAX)
      const end = (): void => {
        clearTimeout(timer)
        this.waiting = null
      }
      this.waiting = {
        take: byte => {
          if (byte === ACKNOWLEDGE && hasResponse && !this.response) return
          end()
          resolve(byte === ACKNOWLEDGE)
        },
        fail: error => {
          end()
          reject(error)
        },
      }
    })
  }

  private async listen (): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await this.reader.read()
        if (done) break
        value.forEach(byte => this.take(byte))
      }
    } catch { /* The cable: whoever waits hears of it. */ }
    this.waiting?.fail(noAnswer())
    this.reader.releaseLock()
  }

  private take (byte: number): void {
    if (this.packet) this.takePacket(byte)
    else if (byte === PACKET_HEAD && this.before === PACKET_START) this.packet = []
    else if (byte === STOP_SENDING || byte === GO_ON_SENDING) this.isStopped = byte === STOP_SENDING
    else if (byte === ACKNOWLEDGE || byte === REFUSE) this.waiting?.take(byte)
    else this.lines.take([byte]).forEach(this.print)
    this.before = byte
  }

  private takePacket (byte: number): void {
    const packet = this.packet!
    packet.push(byte)
    const size = packet.length < 2 ? 1 : (packet[0] << 8 | packet[1]) & SIZE_MASK
    if (packet.length < size + 2) return
    this.response = String.fromCharCode(...packet.slice(2))
    this.packet = null
    this.waiting?.take(ACKNOWLEDGE)
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
