// A client's connection that may break at any moment: what a client knows goes on beyond it.
import { type Socket, connect } from 'node:net'
import { type IConnackPacket, type Packet, generate, parser } from 'mqtt-packet'

const SESSION_SECONDS = 3_600

/** What clients have found wrong with what came. */
export const faults: Error[] = []

export class Line {
  isOpen = false
  isSessionPresent = false
  /** Reason Codes and return codes with which it may be refused, and comes again. */
  refusals: number[] = []
  private socket: Socket | null = null

  constructor (
    readonly clientId: string, private readonly version: 4 | 5, private readonly take: (packet: Packet) => void,
  ) {}

  /** Connects to go on with the session, and ends when CONNACK is there; rejects where it will not come. */
  open (port: number): Promise<void> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket = socket
    const packets = parser({ protocolVersion: this.version })
    return new Promise((resolve, reject) => {
      const end = (): void => {
        if (this.socket === socket) this.isOpen = false
        reject(new Error('the connection is over'))
      }
      packets.on('packet', packet => {
        // What was on its way when the line was cut came too late.
        if (this.socket !== socket) return
        try {
          // It is sent elsewhere, or somebody else is it now.
          if (packet.cmd === 'disconnect' && this.refusals.length) return void socket.destroy()
          if (packet.cmd !== 'connack') return this.take(packet)
          if (this.refusals.includes(packet.reasonCode ?? packet.returnCode!)) return void socket.destroy()
          this.connected(packet)
          resolve()
        } catch (error) {
          faults.push(error as Error)
        }
      })
      socket.on('connect', () => {
        socket.write(generate({
          cmd: 'connect', protocolId: 'MQTT', protocolVersion: this.version, clean: false, clientId: this.clientId,
          keepalive: 0, properties: this.version === 5 ? { sessionExpiryInterval: SESSION_SECONDS } : undefined,
        }, { protocolVersion: this.version }))
      })
      socket.on('data', chunk => packets.parse(chunk))
      socket.on('error', () => socket.destroy())
      socket.on('close', end)
    })
  }

  private connected (packet: IConnackPacket): void {
    const code = packet.reasonCode ?? packet.returnCode
    if (code) throw new Error(`${this.clientId} was refused with ${code}`)
    this.isSessionPresent = packet.sessionPresent
    this.isOpen = true
  }

  send (packet: Packet): void {
    if (this.isOpen) this.socket!.write(generate(packet, { protocolVersion: this.version }))
  }

  /** Goes without a word. */
  cut (): void {
    this.isOpen = false
    this.socket?.destroy()
    this.socket = null
  }
}
