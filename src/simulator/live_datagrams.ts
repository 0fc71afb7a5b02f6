// A board's datagrams in real time: a socket of this computer for each of its own.

import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import type { Datagram } from './net_module'

/** Sockets of this computer at once; the oldest is closed for another: the board does not tell when it closes one. */
const SOCKETS_MAX = 10

/** A datagram for a port of the board. */
type Deliver = (port: number, data: string, from: { address: string, port: number }) => void

export class LiveDatagrams {
  private readonly sockets = new Map<number, Socket>()

  constructor (private readonly deliver: Deliver) {}

  send ({ data, host, port, from }: Datagram): void {
    // A name that nobody has: the board hears nothing, as there.
    this.socketOf(from).send(Buffer.from(data, 'latin1'), port, host, () => undefined)
  }

  close (): void {
    for (const socket of this.sockets.values()) socket.close()
    this.sockets.clear()
  }

  private socketOf (port: number): Socket {
    const known = this.sockets.get(port)
    if (known) return known
    const socket = createSocket('udp4')
    socket.on('message', (data, { address, port: sender }) => {
      this.deliver(port, data.toString('latin1'), { address, port: sender })
    })
    socket.on('error', () => undefined)
    const [oldest] = this.sockets
    if (this.sockets.size >= SOCKETS_MAX && oldest) {
      oldest[1].close()
      this.sockets.delete(oldest[0])
    }
    this.sockets.set(port, socket)
    return socket
  }
}
