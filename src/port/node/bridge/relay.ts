// One connection of a bridge, from the other broker's CONNACK on: the subscriptions there, the session here, and
// packets from one side to the other. What the session here sends is held until the other broker has answered what it
// was asked first, so that no Packet Identifier means two things.
import { PUBLISH, PUBREL, SUBACK } from '../../../codec/packet_type'
import type { ClientConnection } from '../../../client/client_connection'
import type { Connack } from '../../../client/connack'
import type { CutPacket } from '../../../client/packet_cutter'
import { NO_LOCAL, RETAINED_NEVER, RETAIN_AS_PUBLISHED, subscribeManyPacket } from '../../../client/packets'
import { type Publish, publishRead } from '../../../client/publish_packet'
import type { TopicMap } from '../../../client/topic_map'
import type { BridgeEvent } from '../library/bridge_api'
import { Asking, refusalTell } from './asking'
import { type BridgeTerms, CARRIED_SIZE_MAX } from './bridge_terms'
import type { Carriage, Counts } from './carriage'
import { Incoming } from './incoming'
import { LocalEnd } from '../local_end'
import type { LoopDetector } from './loop_detector'
import { Outgoing } from './outgoing'
import type { RelayOwner } from './relay_owner'

const LOCAL_SUBSCRIBE_IDENTIFIER = 1

/** The answers to what was asked, a PINGRESP, and what this broker has said. */
type Awaited = 'asked' | 'answer' | 'local'

export class Relay implements Carriage {
  readonly terms: BridgeTerms
  readonly map: TopicMap
  readonly counts: Counts
  readonly loops: LoopDetector | null
  readonly brokerName: string
  readonly local: LocalEnd
  readonly outgoing: Outgoing
  private readonly asking: Asking
  private incoming: Incoming | null = null
  /** Answers that must come before anything goes out. */
  private readonly awaited = new Set<Awaited>(['local'])
  /** Packets of the session that wait for that. */
  private held: [type: number, packet: CutPacket][] = []
  /** What came with the CONNACK, before this broker could be asked. */
  private readonly early: ((incoming: Incoming) => void)[] = []
  private isLocalFull = false
  private readonly told = new Set<string>()
  private isEnded = false

  constructor(
    private readonly owner: RelayOwner, readonly server: ClientConnection, private readonly connack: Connack,
  ) {
    this.terms = owner.terms
    this.map = owner.map
    this.counts = owner.counts
    this.loops = owner.loops
    this.brokerName = owner.brokerName
    this.outgoing = new Outgoing(this, owner.outSweep, owner.suspicion, owner.window)
    const { terms, map, tell } = this
    const { hasRetained } = owner
    this.asking = new Asking({ terms, map, server, hasRetained, tell, answered: () => this.have('asked') }, connack)
    // Until it is known whether this broker takes messages none is read.
    this.read()
    this.ask()
    this.local = this.connectLocal()
  }

  readonly tell = (level: BridgeEvent['level'], key: string, message: string): void => {
    if (key && this.told.has(key)) return
    this.told.add(key)
    this.owner.tell(level, message)
  }

  readonly give = (level: BridgeEvent['level'], message: string): void => {
    if (!this.isEnded) this.owner.give(level, message)
  }

  /** Asks there what must be answered before anything goes out. */
  private ask(): void {
    if (this.asking.isNeeded) {
      this.awaited.add('asked')
      this.asking.begin()
    }
    if (!this.owner.suspicion.isIsolating) return
    this.awaited.add('answer')
    this.server.ping()
  }

  private connectLocal(): LocalEnd {
    const { owner, terms, connack } = this
    if (owner.suspicion.isIsolating) owner.window.shut()
    return new LocalEnd((stream) => owner.attach(stream), {
      version: 5, isBridge: false, clientIdentifier: terms.localClientIdentifier, userName: owner.localUserName,
      isClean: terms.isLocalClean, keepAlive: 0, sessionExpiry: terms.isLocalClean ? 0 : 0xffff_ffff,
      receiveMaximum: owner.window.begin(connack.receiveMaximum), packetSizeMax: CARRIED_SIZE_MAX,
    }, {
      connected: (local) => this.localConnected(local),
      packet: (type, packet) => this.fromLocal(type, packet),
      closed: (reasonCode) => this.localClosed(reasonCode),
      isHeld: () => this.held.length > 0 || owner.isBlocked(),
      full: (isFull) => {
        this.isLocalFull = isFull
        this.read()
      },
    })
  }

  private localClosed(reasonCode: number): void {
    if (this.isEnded) return
    this.incoming?.blame(reasonCode)
    this.give('warning', 'this broker has ended the connection of the bridge')
  }

  private localConnected(local: Connack): void {
    if (this.isEnded) return
    if (local.reasonCode) {
      return this.give('error', `this broker refuses the bridge with Reason Code 0x${local.reasonCode.toString(16)}`)
    }
    const { owner, connack, map } = this
    if ((owner.takeNewHere() || !local.isSessionPresent) && connack.isSessionPresent) owner.outSweep.begin()
    if (!connack.isSessionPresent && local.isSessionPresent) owner.inSweep.begin()
    this.incoming = new Incoming(this, owner, local)
    // Where both sessions go on the other broker has what was retained; messages of QoS 0 may have been missed.
    const isOld = connack.isSessionPresent && local.isSessionPresent
    const wanted = [...map.localFilters].map(([filter, qos]) => {
      const isKnown = !owner.newFilters.delete(filter) && isOld && qos > 0
      return { filter, options: qos | NO_LOCAL | RETAIN_AS_PUBLISHED | (isKnown ? RETAINED_NEVER : 0) }
    })
    if (wanted.length) this.local.send(subscribeManyPacket(5, LOCAL_SUBSCRIBE_IDENTIFIER, wanted))
    this.read()
    for (const take of this.early.splice(0)) take(this.incoming)
    this.have('local')
  }

  /** Reads the other broker, if this one takes what comes. */
  private read(): void {
    this.owner.readPause(!this.incoming || this.isLocalFull)
  }

  /** Something that was waited for has come. */
  private have(what: Awaited): void {
    if (!this.awaited.delete(what) || this.awaited.size) return
    this.owner.ready()
    const held = this.held
    this.held = []
    for (const [type, packet] of held) this.goesOut(type, packet)
    this.local.goOn()
  }

  private fromLocal(type: number, packet: CutPacket): void {
    if (this.isEnded) return
    const { bytes, bodyAt } = packet
    if (type === PUBLISH || type === PUBREL) {
      if (this.awaited.size) this.held.push([type, packet])
      else this.goesOut(type, packet)
    } else if (type === SUBACK) this.localSubscribed([...bytes.subarray(bodyAt + 3)])
    else if (bytes.length >= bodyAt + 2) {
      this.incoming!.acknowledged(type, bytes.readUInt16BE(bodyAt), bytes[bodyAt + 2] ?? 0)
    }
  }

  private localSubscribed(reasonCodes: number[]): void {
    const filters = [...this.map.localFilters.keys()]
    for (const [i, filter] of filters.entries()) refusalTell(this.tell, 'this broker', filter, reasonCodes[i])
  }

  private goesOut(type: number, packet: CutPacket): void {
    if (this.isEnded) return
    if (type === PUBREL) return this.outgoing.release(packet.bytes.readUInt16BE(packet.bodyAt))
    const publish = publishRead(packet, 5)
    if (publish) this.outgoing.publish(publish)
  }

  // What the other broker sends.

  published(publish: Publish): void {
    this.comesIn((incoming) => this.asking.isSecond(publish) ? incoming.pass(publish) : incoming.publish(publish))
  }

  acknowledged(type: number, packetIdentifier: number, reasonCode: number): void {
    if (this.isEnded) return
    if (type === PUBREL) this.comesIn((incoming) => incoming.release(packetIdentifier))
    else this.outgoing.acknowledged(type, packetIdentifier, reasonCode)
  }

  private comesIn(take: (incoming: Incoming) => void): void {
    if (this.isEnded) return
    if (this.incoming) take(this.incoming)
    else this.early.push(take)
  }

  subscribed(packetIdentifier: number, reasonCodes: number[]): void {
    this.asking.take(packetIdentifier, reasonCodes)
  }

  answered(): void {
    this.have('answer')
  }

  /** What was asked first has been answered, and messages go out. */
  get isReady(): boolean {
    return !this.awaited.size
  }

  /** The connection is over; the session here stays for the next. */
  stop(): void {
    this.isEnded = true
    this.incoming?.stop()
    this.owner.outSweep.pause()
    this.owner.inSweep.pause()
    this.local.close()
  }
}

