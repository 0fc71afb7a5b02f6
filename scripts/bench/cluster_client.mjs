// A client for the cluster's rows: connects, subscribes, publishes with a window, and counts what comes.
import { connect } from 'node:net'
import { generate, parser } from 'mqtt-packet'

const VERSION = { protocolVersion: 4 }

export class ClusterClient {
  /**
   * @param {number} port
   * @param {string} clientId
   * @param {boolean} isKept  the session outlives the connection
   */
  constructor (port, clientId, isKept = false) {
    this.received = 0
    this.acknowledged = 0
    this.open = 0
    this.identifier = 0
    this.onAcknowledge = () => {}
    /** @type {(packet: object) => void} */
    this.onMessage = () => {}
    /** @type {((packet: object) => void)[]} */
    this.waiting = []
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.isOver = new Promise(resolve => this.socket.once('close', resolve))
    this.socket.on('error', () => this.socket.destroy())
    const packets = parser(VERSION)
    packets.on('packet', packet => this.take(packet))
    this.socket.on('data', chunk => packets.parse(chunk))
    this.send({
      cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: !isKept, clientId, keepalive: 0,
    })
  }

  /** @param {object} packet */
  send (packet) {
    this.socket.write(generate(packet, VERSION))
  }

  /** @param {any} packet */
  take (packet) {
    if (packet.cmd === 'publish') {
      this.received++
      if (packet.qos) this.send({ cmd: 'puback', messageId: packet.messageId })
      this.onMessage(packet)
    } else if (packet.cmd === 'puback') {
      this.acknowledged++
      this.open--
      this.onAcknowledge()
    } else this.waiting.shift()?.(packet)
  }

  /** The next answer; rejects where the connection ends before. */
  answer () {
    return Promise.race([
      new Promise(resolve => this.waiting.push(resolve)),
      this.isOver.then(() => Promise.reject(new Error('the connection is over'))),
    ])
  }

  /** @param {string} topic @param {number} qos */
  async subscribe (topic, qos) {
    this.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos }] })
    await this.answer()
  }

  /** @param {string} topic @param {Buffer} payload @param {number} qos @param {boolean} retain */
  publish (topic, payload, qos, retain = false) {
    this.identifier = this.identifier % 65_535 + 1
    if (qos) this.open++
    this.send({ cmd: 'publish', topic, payload, qos, retain, dup: false, messageId: this.identifier })
  }

  end () {
    this.socket.destroy()
  }
}
