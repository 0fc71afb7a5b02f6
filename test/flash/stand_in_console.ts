// The console of a simulated board that runs: Espruino's packets over its own Storage, and what it prints.
import type { SimulatedBoard } from '../../src/simulator/board'

const ACKNOWLEDGE = 6
const REFUSE = 21

export class StandInConsole {
  /** Of the next packets, how many are refused. */
  refusals = 0
  /** The size of every packet's data. */
  readonly packets: number[] = []
  private bytes: number[] = []
  private file = { fn: '', s: 0, at: 0 }

  constructor (
    private readonly driver: { board: SimulatedBoard, settle?: () => void },
    private readonly send: (bytes: Uint8Array) => void,
  ) {}

  /** Takes bytes as they come from the computer. */
  receive (bytes: Uint8Array): void {
    this.bytes.push(...bytes)
    while (this.bytes.length >= 4) {
      const size = (this.bytes[2] << 8 | this.bytes[3]) & 0x1fff
      if (this.bytes.length < size + 4) return
      const [start, head, type] = this.bytes
      if (start !== 16 || head !== 1) throw new Error('no packet')
      this.packets.push(size)
      this.answer(type & 0xe0, Buffer.from(this.bytes.splice(0, size + 4).slice(4)))
    }
  }

  private answer (type: number, data: Buffer): void {
    if (this.refusals > 0) {
      this.refusals--
      this.send(Uint8Array.of(REFUSE))
      return
    }
    // Whatever the board prints may come between two packets.
    this.send(Buffer.from('message refused: 1 151\r\n'))
    let reply = Buffer.alloc(0)
    if (type === 0x20) {
      const text = JSON.stringify(this.driver.board.evaluate(data.toString('latin1')))
      reply = Buffer.from([16, 1, text.length >> 8, text.length & 0xff, ...Buffer.from(text, 'latin1')])
    } else if (type === 0x60) this.file = { ...JSON.parse(data.toString()), at: 0 }
    else this.store(data)
    this.send(Buffer.from([ACKNOWLEDGE, ...reply]))
    this.driver.settle?.()
  }

  private store (data: Buffer): void {
    const { fn, s, at } = this.file
    const text = Array.from(data, byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
    this.driver.board.evaluate(`require("Storage").write(${JSON.stringify(fn)}, "${text}", ${at}, ${s})`)
    this.file.at += data.length
  }
}
