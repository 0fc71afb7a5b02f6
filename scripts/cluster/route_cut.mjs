// What lies between two NATS servers of this computer: it carries their bytes, and can be cut.
import { connect, createServer } from 'node:net'

export class RouteCut {
  /** @param {number} target */
  constructor (target) {
    this.isCut = false
    /** @type {Set<import('node:net').Socket>} */
    this.sockets = new Set()
    this.server = createServer(near => {
      if (this.isCut) return void near.destroy()
      const far = connect(target, '127.0.0.1')
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

  /** @returns {Promise<number>} its port */
  listen () {
    return new Promise(resolve => this.server.listen(0, '127.0.0.1', () => {
      const address = this.server.address()
      resolve(address && typeof address === 'object' ? address.port : 0)
    }))
  }

  /** @param {boolean} isCut */
  cut (isCut) {
    this.isCut = isCut
    if (isCut) for (const socket of this.sockets) socket.destroy()
  }

  close () {
    this.cut(true)
    this.server.close()
  }
}
