// A broker that does what a test tells it: what it can do, how it answers, when it is silent or closes. Sessions last
// as long as it does, by Client Identifier; nothing is forwarded but what the test sends.
import { type Server, type Socket, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { type TlsOptions, type TLSSocket, createServer as createTlsServer } from 'node:tls'
import * as mqttPacket from 'mqtt-packet'
import type { IConnackPacket, IConnectPacket, IPublishPacket, Packet } from 'mqtt-packet'

/** What becomes of a message: a Reason Code of its acknowledgement, or the connection is closed, or nothing is said. */
type Judgement = number | 'close' | 'silent'

export interface Behaviour {
  /** Properties of a CONNACK of 5.0. */
  properties?: IConnackPacket['properties']
  /** The code of CONNACK. */
  connect?: (packet: IConnectPacket, socket: Socket | TLSSocket) => number | 'close' | 'silent'
  /** Any other packet: whether the connection is closed for it, without a word. */
  refuses?: (packet: Packet) => boolean
  publish?: (packet: IPublishPacket) => Judgement
  subscribe?: (filter: string) => number
  /** Whether PINGREQ is answered. */
  isAlive?: () => boolean
}

interface Session { open: Set<number> }

export class StandIn {
  port = 0
  /** Every packet that came, oldest first. */
  readonly packets: Packet[] = []
  /** Messages that were taken: at QoS 2 each exchange once. */
  readonly messages: IPublishPacket[] = []
  connects = 0
  private readonly sessions = new Map<string, Session>()
  private readonly links = new Set<Link>()
  private readonly server: Server

  constructor (public behaviour: Behaviour = {}, tls?: TlsOptions) {
    const accept = (socket: Socket): void => this.accept(socket)
    this.server = tls ? createTlsServer(tls, accept).on('tlsClientError', () => undefined) : createServer(accept)
  }

  private accept (socket: Socket): void {
    this.links.add(new Link(this, socket))
  }

  static async start (behaviour: Behaviour = {}, port = 0, tls?: TlsOptions): Promise<StandIn> {
    const standIn = new StandIn(behaviour, tls)
    await new Promise<void>(resolve => standIn.server.listen(port, '127.0.0.1', resolve))
    standIn.port = (standIn.server.address() as AddressInfo).port
    all.add(standIn)
    return standIn
  }

  /** The session of a client; new where there is none. */
  session (client: string, isClean: boolean): { session: Session, isPresent: boolean } {
    const found = isClean ? undefined : this.sessions.get(client)
    const session = found ?? { open: new Set<number>() }
    this.sessions.set(client, session)
    return { session, isPresent: found !== undefined }
  }

  /** Forgets every session, as a broker that keeps none does when it starts. */
  forget (): void {
    this.sessions.clear()
  }

  of (cmd: Packet['cmd']): Packet[] {
    return this.packets.filter(packet => packet.cmd === cmd)
  }

  get texts (): string[] {
    return this.messages.map(({ payload }) => payload.toString())
  }

  /** Sends a packet to the client that connected last. */
  send (packet: Packet): void {
    [...this.links].at(-1)!.send(packet)
  }

  /** The same of whatever bytes; answers whether the client's side takes more at once. */
  raw (bytes: Uint8Array): boolean {
    return [...this.links].at(-1)!.socket.write(bytes)
  }

  /** Whether all that was sent has left. */
  get isDrained (): boolean {
    return [...this.links].every(({ socket }) => !socket.writableLength)
  }

  /** Reads nothing more of the client that connected last. */
  deafen (): void {
    [...this.links].at(-1)!.socket.pause()
  }

  /** Closes all connections, and takes no new ones where it ends. */
  cut (): void {
    for (const link of this.links) link.socket.destroy()
    this.links.clear()
  }

  gone (link: Link): void {
    this.links.delete(link)
  }

  async end (): Promise<void> {
    all.delete(this)
    this.cut()
    await new Promise(resolve => this.server.close(resolve))
  }
}

const all = new Set<StandIn>()

/** Ends what a test left. */
export async function standInsEnd (): Promise<void> {
  await Promise.all([...all].map(standIn => standIn.end()))
}

/** One connection. */
class Link {
  private readonly parser = mqttPacket.parser()
  private version = 4
  private session: Session = { open: new Set() }

  constructor (private readonly owner: StandIn, readonly socket: Socket) {
    socket.on('error', () => socket.destroy())
    socket.on('close', () => owner.gone(this))
    this.parser.on('packet', packet => this.take(packet))
    this.parser.on('error', () => socket.destroy())
    socket.on('data', chunk => this.parser.parse(chunk))
  }

  send (packet: Packet): void {
    if (!this.socket.destroyed) this.socket.write(mqttPacket.generate(packet, { protocolVersion: this.version }))
  }

  private take (packet: Packet): void {
    if (this.socket.destroyed) return
    this.owner.packets.push(packet)
    const { behaviour } = this.owner
    if (packet.cmd === 'connect') this.connect(packet)
    else if (behaviour.refuses?.(packet)) this.socket.destroy()
    else if (packet.cmd === 'publish') this.publish(packet)
    else if (packet.cmd === 'pubrel') {
      this.session.open.delete(packet.messageId!)
      this.send({ cmd: 'pubcomp', messageId: packet.messageId, reasonCode: 0 })
    } else if (packet.cmd === 'subscribe') {
      const granted = packet.subscriptions.map(({ topic, qos }) => behaviour.subscribe?.(topic) ?? qos)
      this.send({ cmd: 'suback', messageId: packet.messageId, granted })
    } else if (packet.cmd === 'unsubscribe') {
      const granted = packet.unsubscriptions.map(() => 0)
      this.send({ cmd: 'unsuback', messageId: packet.messageId, granted })
    } else if (packet.cmd === 'pingreq' && behaviour.isAlive?.() !== false) this.send({ cmd: 'pingresp' })
    else if (packet.cmd === 'pubrec') this.send({ cmd: 'pubrel', messageId: packet.messageId, reasonCode: 0 })
  }

  private connect (packet: IConnectPacket): void {
    const { behaviour } = this.owner
    this.owner.connects++
    this.version = packet.protocolVersion ?? 4
    const answer = behaviour.connect?.(packet, this.socket) ?? 0
    if (answer === 'close') this.socket.destroy()
    if (typeof answer !== 'number') return
    const { session, isPresent } = this.owner.session(packet.clientId, packet.clean === true)
    this.session = session
    this.send({
      cmd: 'connack', sessionPresent: !answer && isPresent, returnCode: answer, reasonCode: answer,
      ...this.version === 5 ? { properties: behaviour.properties } : {},
    })
    if (answer) this.socket.end()
  }

  private publish (packet: IPublishPacket): void {
    const judgement = this.owner.behaviour.publish?.(packet) ?? 0
    if (judgement === 'close') this.socket.destroy()
    if (typeof judgement !== 'number') return
    const { messageId, qos } = packet
    const isKnown = qos === 2 && this.session.open.has(messageId!)
    if (qos === 2 && judgement < 0x80) this.session.open.add(messageId!)
    if (judgement < 0x80 && !isKnown) this.owner.messages.push(packet)
    const cmd = qos === 2 ? 'pubrec' : 'puback'
    if (qos) this.send({ cmd, messageId, reasonCode: judgement })
  }
}
