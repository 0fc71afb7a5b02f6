// A 5.0 connection that speaks packets, for what no client library sends.
import { type Socket, connect as connectSocket } from 'node:net'
import { type Packet, generate, parser } from 'mqtt-packet'

export class Wire {
  private readonly packets: Packet[] = []
  private wake: () => void = () => undefined
  private readonly parse = parser({ protocolVersion: 5 })
  readonly socket: Socket

  constructor(port: number) {
    this.socket = connectSocket(port, '127.0.0.1')
    this.parse.on('packet', (packet) => {
      this.packets.push(packet)
      this.wake()
    })
    this.socket.on('data', (chunk) => this.parse.parse(chunk))
    this.socket.on('error', () => undefined)
  }

  send(packet: object): void {
    this.socket.write(generate(packet as Packet, { protocolVersion: 5 }))
  }

  async next(): Promise<Packet & { reasonCode?: number, properties?: { authenticationData?: Buffer } }> {
    while (!this.packets.length) await new Promise<void>((resolve) => { this.wake = resolve })
    return this.packets.shift()!
  }
}
