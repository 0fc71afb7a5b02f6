// A serial port of this computer in the shape that browsers have.
import { readdirSync } from 'node:fs'
import { SerialPort } from 'serialport'

/** Ports that look like a board's: USB ones. Paths. */
export async function portPaths () {
  try {
    const ports = await SerialPort.list()
    return ports.filter(({ vendorId }) => vendorId).map(({ path }) => path)
  } catch {
    // Linux without udevadm.
    return readdirSync('/dev').filter(name => /^tty(USB|ACM)\d+$/.test(name)).map(name => `/dev/${name}`)
  }
}

const settle = (port, method, ...values) => new Promise((resolve, reject) => {
  port[method](...values, error => error ? reject(error) : resolve())
})

export class NodePort {
  constructor (path) {
    this.path = path
    this.readable = null
    this.writable = null
    this.lines = { dtr: false, rts: false }
  }

  async open ({ baudRate }) {
    const port = new SerialPort({ path: this.path, baudRate, autoOpen: false })
    await settle(port, 'open')
    this.port = port
    let isCancelled = false
    this.readable = new ReadableStream({
      start (controller) {
        port.on('data', data => { if (!isCancelled) controller.enqueue(new Uint8Array(data)) })
        port.on('error', error => { if (!isCancelled) controller.error(error) })
        port.on('close', () => { if (!isCancelled) controller.error(new Error('The device has been lost.')) })
      },
      cancel () { isCancelled = true },
    })
    this.writable = new WritableStream({ write: data => settle(port, 'write', Buffer.from(data)) })
  }

  async close () {
    this.readable = null
    this.writable = null
    if (this.port.isOpen) await settle(this.port, 'close')
  }

  /** Both lines go out together: one after the other would reset the board in between. */
  async setSignals ({ dataTerminalReady, requestToSend }) {
    if (dataTerminalReady !== undefined) this.lines.dtr = dataTerminalReady
    if (requestToSend !== undefined) this.lines.rts = requestToSend
    await settle(this.port, 'set', this.lines)
  }

  async setBaudRate (baudRate) {
    await settle(this.port, 'update', { baudRate })
  }

  getInfo () {
    return {}
  }
}
