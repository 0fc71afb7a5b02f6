// A chip in place of a real one: ROM and stub loader of an ESP32, C3 or S3 as esptool sees them, the reset circuit of
// a development board, and faults.

import { md5 } from '@noble/hashes/legacy.js'
import type { ChipName } from '../../flash/layout'
import { ChipFlash } from './chip_flash'
import { SlipDecoder, slipEncode } from './slip'

const SYNC = 0x08
const READ_REGISTER = 0x0a
const SECURITY_INFO = 0x14
const MEMORY_END = 0x06
const DEFLATE_BEGIN = 0x10
const DEFLATE_DATA = 0x11
const FLASH_MD5 = 0x13
const ERASE_FLASH = 0xd0
const READ_FLASH = 0xd2
/** Commands that only have to be answered: memory, registers, speed, the end of a write. */
const ANSWERED = [0x05, 0x07, 0x09, 0x0d, 0x0f, 0x12]

const MAGIC_REGISTER = 0x4000_1000
const CHIPS: Record<ChipName, { magic: number, id: number, flashIdRegister: number }> = {
  ESP32: { magic: 0x00f0_1d83, id: 0, flashIdRegister: 0x3ff4_2080 },
  'ESP32-C3': { magic: 0x1b31_506f, id: 5, flashIdRegister: 0x6000_2058 },
  'ESP32-S3': { magic: 0x09, id: 9, flashIdRegister: 0x6000_2058 },
}

const CHECKSUM_START = 0xef
const BAD_CHECKSUM = 7
const UNKNOWN_COMMAND = 5

export interface ChipFaults {
  /** The packet from the computer, counted from 0, at which the cable comes out. */
  pullAt?: number
  /** The packet that loses a byte on its way. */
  dropAt?: number
  /** The MD5 of what is in flash comes out wrong. */
  badMd5?: boolean
  /** The flash chip says that it has 2 MB. */
  isSmall?: boolean
}

export class StandInChip {
  readonly flash = new ChipFlash()
  state: 'off' | 'program' | 'rom' | 'stub' = 'off'
  /** Packets from the computer since the cable is in. */
  packets = 0
  faults: ChipFaults = {}
  /** What was read of its flash, in order. */
  readonly reads: { address: number, size: number }[] = []
  send: (bytes: Uint8Array) => void = () => undefined
  /** The cable comes out: the port is gone. */
  pulled: () => void = () => undefined
  /** What runs when the chip starts from flash. */
  started: () => void = () => undefined
  private decoder = new SlipDecoder()
  /** Whether the cable is in the chip's own USB, which has no transistors: it remembers that IO0 was pulled. */
  isUsb = false
  private isHeld = false
  private wasBootPulled = false

  constructor (readonly chip: ChipName) {}

  /** The two lines of the port, through the transistors of a development board: alone they pull EN or IO0. */
  setLines (dataTerminalReady: boolean, requestToSend: boolean): void {
    const isHeld = requestToSend && !dataTerminalReady
    const isBootPulled = dataTerminalReady && !requestToSend
    if (this.isHeld && !isHeld) {
      this.decoder = new SlipDecoder()
      this.state = isBootPulled || this.isUsb && this.wasBootPulled ? 'rom' : 'program'
      this.wasBootPulled = false
      if (this.state === 'program') this.started()
    }
    this.wasBootPulled ||= isBootPulled
    this.isHeld = isHeld
  }

  receive (bytes: Uint8Array): void {
    if (this.state !== 'rom' && this.state !== 'stub') return
    for (const packet of this.decoder.take(bytes)) {
      const index = this.packets++
      if (index === this.faults.pullAt) {
        this.state = 'off'
        this.pulled()
        return
      }
      const arrived = index === this.faults.dropAt ? packet.slice(0, -1) : packet
      if (arrived.length >= 8 && arrived[0] === 0) this.command(arrived)
    }
  }

  private command (packet: Uint8Array): void {
    const view = new DataView(packet.buffer)
    const code = packet[1]
    const body = packet.slice(8)
    const word = (index: number): number => view.getUint32(8 + 4 * index, true)
    if (code === SYNC) for (let i = 0; i < 8; i++) this.answer(code, [], this.state === 'rom' ? 0x2012_0707 : 0)
    else if (code === READ_REGISTER) this.answer(code, [], this.register(word(0)))
    else if (code === SECURITY_INFO && this.chip !== 'ESP32') this.answer(code, this.securityInfo())
    else if (code === MEMORY_END) this.startStub()
    else if (code === DEFLATE_BEGIN) this.deflateBegin(word(3))
    else if (code === DEFLATE_DATA) this.deflateData(body, view.getUint32(4, true))
    else if (code === FLASH_MD5) this.answer(code, this.md5(word(0), word(1)))
    else if (code === READ_FLASH) this.readFlash(word(0), word(1), word(2))
    else if (code === ERASE_FLASH) this.eraseFlash()
    else if (ANSWERED.includes(code)) this.answer(code)
    else this.answer(0, [], 0, UNKNOWN_COMMAND)
  }

  private answer (code: number, data: ArrayLike<number> = [], value = 0, error = 0): void {
    const packet = new Uint8Array(8 + data.length + 2)
    packet.set([1, code, data.length + 2, 0])
    new DataView(packet.buffer).setUint32(4, value, true)
    packet.set(data, 8)
    packet.set([error ? 1 : 0, error], 8 + data.length)
    this.send(slipEncode(packet))
  }

  private register (address: number): number {
    const { magic, flashIdRegister } = CHIPS[this.chip]
    if (address === MAGIC_REGISTER) return magic
    // Winbond, and the size as a power of two.
    return address === flashIdRegister ? 0x40ef | (this.faults.isSmall ? 0x15 : 0x16) << 16 : 0
  }

  private securityInfo (): Uint8Array {
    const info = new Uint8Array(20)
    info[12] = CHIPS[this.chip].id
    return info
  }

  private startStub (): void {
    this.answer(MEMORY_END)
    this.state = 'stub'
    this.send(slipEncode(new TextEncoder().encode('OHAI')))
  }

  private deflateBegin (address: number): void {
    this.flash.begin(address)
    this.answer(DEFLATE_BEGIN)
  }

  private deflateData (body: Uint8Array, checksum: number): void {
    const block = body.subarray(16)
    const size = new DataView(body.buffer).getUint32(0, true)
    const isWhole = size === block.length && block.reduce((sum, byte) => sum ^ byte, CHECKSUM_START) === checksum
    this.answer(DEFLATE_DATA, [], 0, isWhole && this.flash.take(block) ? 0 : BAD_CHECKSUM)
  }

  private md5 (address: number, size: number): Uint8Array {
    const digest = md5(this.flash.bytes.subarray(address, address + size))
    if (this.faults.badMd5) digest[0] ^= 1
    return digest
  }

  private readFlash (address: number, size: number, blockSize: number): void {
    this.answer(READ_FLASH)
    this.reads.push({ address, size })
    const data = this.flash.bytes.slice(address, address + size)
    for (let start = 0; start < size; start += blockSize) this.send(slipEncode(data.subarray(start, start + blockSize)))
    this.send(slipEncode(md5(data)))
  }

  private eraseFlash (): void {
    this.flash.erase()
    this.answer(ERASE_FLASH)
  }
}
