// One connection of a bridge to the other broker: the socket, its CONNECT, and the relay from CONNACK on.
import type { Socket } from 'node:net'
import { ClientConnection } from '../../../client/client_connection'
import type { Connack } from '../../../client/connack'
import type { ConnectTerms } from '../../../client/connect_packet'
import type { BridgeAddress, BridgeEvent } from '../library/bridge_api'
import { networkConnect, type TlsTerms } from './network'
import { Relay } from './relay'
import type { RelayOwner } from './relay_owner'

/** Milliseconds until CONNACK must have come, and from then on until what was asked first is answered. */
const CONNECT_MS = 20_000
const ANSWER_MS = 30_000
/** Milliseconds without any acknowledgement of what is under way. */
const STALL_MS = 60_000
const TICK_MS = 500
/** Milliseconds that the last bytes have. */
const LINGER_MS = 5_000
/** Bytes that wait for the network before the session here has to wait. */
const WAITING_SIZE_MAX = 262_144
/**
 * Bytes that wait before the other broker is not read any more: answers for who sends and does not read. Far more than
 * what stands above, so that two that wait for each other's reading do not: answers are bounded by what is under way.
 */
const UNREAD_SIZE_MAX = 2_097_152

/** How it ended. */
export interface RemoteEnding {
  /** Why, for people. */
  reason: string
  level: BridgeEvent['level']
  /** The other broker, or the network, has closed it. */
  isByRemote: boolean
  /** There was a connection, and CONNECT went out. */
  wasOpen: boolean
  /** Of its DISCONNECT, or of a CONNACK that refuses. */
  reasonCode: number | undefined
  /** CONNACK has come, and whether it let the bridge in. */
  connack: Connack | null
  /** Messages went both ways. */
  wasReady: boolean
  inFlight: number[]
  hadAcknowledgement: boolean
  /** Milliseconds since when nothing of what is in flight was acknowledged. */
  stalledMs: number
}

export interface RemoteTerms {
  connect: ConnectTerms
  address: Required<BridgeAddress>
  tls: TlsTerms | undefined
  bindAddress: string | undefined
  packetSizeMax: number
  topicAliasMax: number
}

type Owner = Omit<RelayOwner, 'isBlocked' | 'readPause' | 'give'>

export class RemoteEnd {
  private readonly socket: Socket
  private readonly server: ClientConnection
  private relay: Relay | null = null
  private readonly timer: NodeJS.Timeout
  private since = performance.now()
  private ending: RemoteEnding | null = null
  /** Packets of this turn, which leave together: one by one they would take far more than their bytes. */
  private gathered: Buffer[] = []
  private gatheredSize = 0
  /** Why the other broker is not read: the relay cannot, or it does not read itself. */
  private isRelayPaused = false
  private isUnread = false
  private isOpen = false
  /** What the system said of the socket. */
  private error = ''

  /** `ended` is called once, when it is over. */
  constructor(
    terms: RemoteTerms, private readonly owner: Owner, private readonly ended: (ending: RemoteEnding) => void,
  ) {
    const { connect, address, tls, bindAddress, packetSizeMax, topicAliasMax } = terms
    this.socket = networkConnect(address, tls, bindAddress, () => this.opened())
    this.server = new ClientConnection(connect, (bytes) => this.write(bytes), {
      connected: (connack) => this.connected(connack),
      published: (publish) => this.relay?.published(publish),
      acknowledged: (...answer) => this.relay?.acknowledged(...answer),
      subscribed: (...answer) => this.relay?.subscribed(...answer),
      answered: () => this.relay?.answered(),
      ended: (reasonCode, why) => this.disconnected(reasonCode, why),
    }, topicAliasMax, packetSizeMax, performance.now())
    this.socket.on('data', (chunk: Buffer) => this.receive(chunk))
    this.socket.on('drain', () => this.drained())
    this.socket.on('error', (error) => { this.error = error.message })
    this.socket.on('end', () => this.finish('the other broker has closed the connection', 'warning', true))
    this.socket.on('close', () =>
      this.finish(this.error || 'the other broker has closed the connection', 'warning', true))
    this.timer = setInterval(() => this.tick(), TICK_MS).unref()
  }

  private opened(): void {
    this.isOpen = true
    this.server.begin()
  }

  private receive(chunk: Buffer): void {
    if (!this.ending) this.server.receive(chunk, performance.now())
  }

  private write(bytes: Buffer): void {
    if (this.ending || this.socket.destroyed) return
    if (!this.gathered.length) process.nextTick(() => this.flush())
    this.gathered.push(bytes)
    this.gatheredSize += bytes.length
    if (this.isUnread || this.waitingSize <= UNREAD_SIZE_MAX) return
    this.isUnread = true
    this.readSettle()
  }

  private flush(): void {
    if (!this.gathered.length) return
    this.socket.write(this.gathered.length > 1 ? Buffer.concat(this.gathered, this.gatheredSize) : this.gathered[0])
    this.gathered = []
    this.gatheredSize = 0
  }

  /** Bytes that wait for the network. */
  private get waitingSize(): number {
    return this.socket.writableLength + this.gatheredSize
  }

  private drained(): void {
    this.isUnread = false
    this.readSettle()
    this.relay?.local.goOn()
  }

  private readSettle(): void {
    if (this.isRelayPaused || this.isUnread) this.socket.pause()
    else this.socket.resume()
  }

  private connected(connack: Connack): void {
    if (connack.reasonCode) {
      const code = `Reason Code 0x${connack.reasonCode.toString(16)}`
      const why = connack.reason ? `${code}, ${JSON.stringify(connack.reason)}` : code
      return this.finish(`the other broker refuses the bridge: ${why}`, 'error', false, connack.reasonCode)
    }
    this.since = performance.now()
    try {
      this.relay = new Relay(this.relayOwner(), this.server, connack)
    } catch (error) {
      this.give('error', (error as Error).message)
    }
  }

  private relayOwner(): RelayOwner {
    return {
      ...this.owner,
      isBlocked: () => this.waitingSize > WAITING_SIZE_MAX,
      readPause: (isPaused: boolean) => {
        this.isRelayPaused = isPaused
        this.readSettle()
      },
      give: (level: BridgeEvent['level'], message: string) => this.give(level, message),
    }
  }

  private disconnected(reasonCode: number, why?: string): void {
    if (why !== undefined) return this.finish(`the other broker is not trusted: ${why}`, 'error', false, reasonCode)
    const code = `0x${reasonCode.toString(16)}`
    this.finish(`the connection was ended with Reason Code ${code}`, 'warning', true, reasonCode)
  }

  private tick(): void {
    const now = performance.now()
    const { connack } = this.server
    const limit = connack ? ANSWER_MS : CONNECT_MS
    if (!this.relay?.isReady && now - this.since > limit) {
      this.give('warning', `the other broker has not answered in ${limit / 1_000} s`)
    } else if (connack && !this.server.tick(now)) this.give('warning', 'the other broker does not answer any more')
    else if (this.relay && this.relay.outgoing.stalledFor(now) > STALL_MS) {
      this.give('warning', `the other broker has acknowledged no message in ${STALL_MS / 1_000} s`)
    }
  }

  /** Ends it from this side, as a network that has gone would. */
  private give(level: BridgeEvent['level'], message: string): void {
    this.finish(message, level, false)
  }

  /** Sends something besides. */
  say(what: (server: ClientConnection) => void): void {
    if (!this.ending) what(this.server)
  }

  /** Leaves in order. */
  leave(beforehand: (server: ClientConnection) => void): void {
    if (this.ending) return
    if (this.server.connack && !this.server.connack.reasonCode) {
      beforehand(this.server)
      this.server.disconnect()
    }
    this.finish('the bridge was stopped', 'information', false)
  }

  /** Messages may go both ways. */
  get isReady(): boolean {
    return !this.ending && this.relay?.isReady === true
  }

  /** Something waits for an answer of the other broker. */
  get isBusy(): boolean {
    return this.relay !== null && this.relay.outgoing.inFlight.length > 0
  }

  private finish(reason: string, level: BridgeEvent['level'], isByRemote: boolean, reasonCode?: number): void {
    if (this.ending) return
    const { relay, socket } = this
    this.ending = {
      reason, level, isByRemote, wasOpen: this.isOpen, reasonCode, connack: this.server.connack,
      wasReady: relay?.isReady === true,
      inFlight: relay?.outgoing.inFlight ?? [], hadAcknowledgement: relay?.outgoing.hadAcknowledgement === true,
      stalledMs: relay?.outgoing.stalledFor(performance.now()) ?? 0,
    }
    clearInterval(this.timer)
    this.flush()
    relay?.stop()
    // What was written last has a while to leave.
    socket.destroySoon()
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
    this.ended(this.ending)
  }
}
