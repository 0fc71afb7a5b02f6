// A port behind which are several gateways: each connection comes to another one than the last, or to a random one.
import { connect, createServer } from 'node:net'

export class Door {
  /**
   * @param {number[]} ports
   * @param {'random' | 'moving'} way
   */
  constructor (ports, way) {
    this.ports = ports
    this.way = way
    this.last = 0
    /** @type {Set<import('node:net').Socket>} */
    this.sockets = new Set()
    this.server = createServer(near => {
      const far = connect(this.choose(), '127.0.0.1')
      for (const [socket, other] of [[near, far], [far, near]]) {
        this.sockets.add(socket)
        socket.setNoDelay(true)
        socket.on('error', () => socket.destroy())
        socket.on('close', () => {
          this.sockets.delete(socket)
          other.destroy()
        })
      }
      near.pipe(far)
      far.pipe(near)
    })
  }

  choose () {
    const { ports, way } = this
    const step = way === 'moving' ? 1 : Math.floor(Math.random() * ports.length)
    this.last = (this.last + step) % ports.length
    return ports[this.last]
  }

  /** @returns {Promise<number>} its port */
  listen () {
    return new Promise(resolve => this.server.listen(0, '127.0.0.1', () => {
      const address = this.server.address()
      resolve(address && typeof address === 'object' ? address.port : 0)
    }))
  }

  close () {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
  }
}
