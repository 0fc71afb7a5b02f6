// A line between a bridge and its broker that does what lines do: refuses, swallows, breaks after so many bytes, stays
// open with nothing coming through.
import { type Server, type Socket, connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

export type Fault = 'none' | 'refused' | 'silent'

export class FlakyLine {
  port = 0
  /** What becomes of new connections. */
  fault: Fault = 'none'
  /** Each connection is reset when so many bytes have gone to the broker; the next one by the next number. */
  cutsAfter: number[] = []
  connections = 0
  private readonly pairs = new Set<[Socket, Socket]>()
  private readonly alone = new Set<Socket>()
  private isFrozen = false
  private readonly server: Server

  private constructor (private readonly target: () => number) {
    this.server = createServer(socket => this.take(socket))
  }

  /** `target` answers the broker's port, which may be another one after it was started again. */
  static async start (target: () => number): Promise<FlakyLine> {
    const line = new FlakyLine(target)
    await new Promise<void>(resolve => line.server.listen(0, '127.0.0.1', resolve))
    line.port = (line.server.address() as AddressInfo).port
    all.add(line)
    return line
  }

  private take (socket: Socket): void {
    this.connections++
    socket.on('error', () => socket.destroy())
    if (this.fault === 'refused') return void socket.resetAndDestroy()
    if (this.fault === 'silent') return void this.alone.add(socket)
    const broker = connect(this.target(), '127.0.0.1')
    const pair: [Socket, Socket] = [socket, broker]
    let left = this.cutsAfter.shift() ?? Infinity
    const end = (): void => {
      for (const one of pair) if (!one.destroyed) one.resetAndDestroy()
      this.pairs.delete(pair)
    }
    this.pairs.add(pair)
    broker.on('error', end)
    socket.on('close', () => {
      if (!this.isFrozen) end()
    })
    broker.on('close', () => {
      if (!this.isFrozen) end()
    })
    socket.on('data', (chunk: Buffer) => {
      if (this.isFrozen) return
      const passed = chunk.subarray(0, left)
      left -= passed.length
      broker.write(passed)
      // What has gone is delivered before the line breaks.
      if (left <= 0) setTimeout(end, 20)
    })
    broker.on('data', (chunk: Buffer) => {
      if (!this.isFrozen) socket.write(chunk)
    })
  }

  /** From now on nothing comes through and nobody is told: half-open. */
  freeze (): void {
    this.isFrozen = true
  }

  /** New connections come through again; those that were frozen never do. */
  thaw (): void {
    this.isFrozen = false
    for (const pair of this.pairs) for (const one of pair) one.removeAllListeners('data')
    this.pairs.forEach(pair => this.alone.add(pair[0]).add(pair[1]))
    this.pairs.clear()
  }

  cut (): void {
    for (const pair of this.pairs) for (const one of pair) one.resetAndDestroy()
    this.pairs.clear()
  }

  async end (): Promise<void> {
    all.delete(this)
    this.isFrozen = false
    this.cut()
    for (const socket of this.alone) socket.destroy()
    await new Promise(resolve => this.server.close(resolve))
  }
}

const all = new Set<FlakyLine>()

export async function linesEnd (): Promise<void> {
  await Promise.all([...all].map(line => line.end()))
}
