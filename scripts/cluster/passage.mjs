// A port of this computer whose connections go on to another one, byte by byte, until it is cut.
import { connect, createServer } from 'node:net'

export class Passage {
  /** @param {() => number} choose the port that a connection goes on to */
  constructor (choose) {
    this.isCut = false
    /** @type {Set<import('node:net').Socket>} */
    this.sockets = new Set()
    this.server = createServer(near => {
      if (this.isCut) return void near.destroy()
      const far = connect(choose(), '127.0.0.1')
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

  /** @param {boolean} isCut whether nothing goes through from now on */
  cut (isCut) {
    this.isCut = isCut
    if (isCut) for (const socket of this.sockets) socket.destroy()
  }

  close () {
    this.cut(true)
    this.server.close()
  }
}
