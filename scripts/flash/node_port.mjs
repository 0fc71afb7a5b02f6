// A serial port of this computer in the shape that browsers have.
import { readdirSync } from 'node:fs'
import { autoDetect } from '@serialport/bindings-cpp'
import { SerialPortStream } from '@serialport/stream'
import { askPort } from './prompts.mjs'

/** This system's serial ports. */
const binding = autoDetect()

/** The computer's USB ports: paths, and who made what is behind them, in hexadecimal, as far as the system says. */
export async function usbPorts () {
  try {
    return (await binding.list()).filter(({ vendorId }) => vendorId)
  } catch {
    // Linux without udevadm.
    return readdirSync('/dev').filter(name => /^tty(USB|ACM)\d+$/.test(name)).map(name => ({ path: `/dev/${name}` }))
  }
}

const portPaths = async () => (await usbPorts()).map(({ path }) => path)

const settle = (port, method, ...values) => new Promise((resolve, reject) => {
  port[method](...values, error => error ? reject(error) : resolve())
})

/** The only board that is plugged in, or the one that was asked for; of several, the one that its user chooses. */
export async function portPath (flash, asked, listPaths = portPaths, choose = askPort) {
  const paths = asked ? [asked] : await listPaths()
  if (paths.length === 1) return paths[0]
  const chosen = paths.length > 1 && await choose(paths)
  if (chosen) return chosen
  throw new flash.FlashError('no port', paths.length === 0
    ? 'no board found: plug it in with a cable that carries data, or name its port with --port'
    : `which board? Name one with --port: ${paths.join(', ')}`)
}

/** Why a port does not open, and what to do. */
export function openProblem (flash, path, error) {
  if (/permission|access denied/i.test(error.message)) {
    return new flash.FlashError('no permission', `you may not use ${path}: on Linux, "sudo usermod -aG dialout $USER" `
      + 'and log in again')
  }
  if (/lock|busy/i.test(error.message)) {
    return new flash.FlashError('no permission', `${path} is in use: close the program that has it open`)
  }
  return new flash.FlashError('no port', `${path} cannot be opened: is the board plugged in? (${error.message})`)
}

/** What browsers say of a port, of what this computer's system says. */
export const portInfo = port => port?.vendorId
  ? { usbVendorId: parseInt(port.vendorId, 16), usbProductId: parseInt(port.productId, 16) }
  : {}

export class NodePort {
  constructor (path, flash) {
    this.path = path
    this.flash = flash
    this.readable = null
    this.writable = null
    this.lines = { dtr: false, rts: false }
    this.info = {}
  }

  async open ({ baudRate }) {
    this.info = portInfo((await usbPorts()).find(({ path }) => path === this.path))
    const port = new SerialPortStream({ binding, path: this.path, baudRate, autoOpen: false })
    await settle(port, 'open').catch(error => { throw openProblem(this.flash, this.path, error) })
    this.port = port
    let isCancelled = false
    // A port that is gone never answers what was being written to it.
    const gone = new Promise((_, reject) => {
      port.once('close', () => reject(new Error('The device has been lost.')))
    })
    this.readable = new ReadableStream({
      start (controller) {
        port.on('data', data => { if (!isCancelled) controller.enqueue(new Uint8Array(data)) })
        port.on('error', error => { if (!isCancelled) controller.error(error) })
        gone.catch(error => { if (!isCancelled) controller.error(error) })
      },
      cancel () { isCancelled = true },
    })
    this.writable = new WritableStream({
      write: data => Promise.race([settle(port, 'write', Buffer.from(data)), gone]),
    })
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
    // A port without these lines, as a pseudo-terminal is: its user holds BOOT and presses reset.
    await settle(this.port, 'set', this.lines).catch(error => {
      if (!/inappropriate ioctl|ENOTTY|cannot get/i.test(error.message)) throw error
    })
  }

  async setBaudRate (baudRate) {
    await settle(this.port, 'update', { baudRate })
  }

  /** The chip's own USB is reset in another way than a board's converter. */
  getInfo () {
    return this.info
  }
}
