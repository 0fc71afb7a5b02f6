// Members of a group go from one gateway to another while gateways come and die, at random: each message is somebody's.
import { expect, it } from 'vitest'
import { Random } from '../model/random'
import { Log, Node, turn } from './group_world'

const SEEDS = Number(process.env.MIDGE_SEEDS ?? 300)
const FIRST_SEED = Number(process.env.MIDGE_SEED ?? 1)
const STEPS = 120

/** A member's session: at a gateway, or on its way from one; what it was given. */
interface Member { at: Gateway | null, readAt: number, kept: Set<string>, given: Set<string> }

interface Gateway {
  node: Node
  /** All that its members were given of the log until here is kept. */
  lease: number
  isOver: boolean
  /** Gateways that it goes on with, and the entries that say so. */
  adopts: { gateway: Gateway, goneAt: number }[]
}

class Household {
  private readonly log = new Log([])
  private readonly gateways: Gateway[] = []
  private readonly members: Member[] = []
  private readonly published = new Set<string>()
  /** Gateways whose sessions are elsewhere by now. */
  private readonly done = new Set<Gateway>()
  private readonly random: Random
  private count = 0

  constructor (seed: number) {
    this.random = new Random(seed)
    for (let i = 0; i < 3; i++) this.gatewayAdd().node.groups.begin(0)
    for (let i = 0; i < 2; i++) {
      const member: Member = { at: null, readAt: 0, kept: new Set(), given: new Set() }
      this.members.push(member)
      this.arrive(member, this.random.pick(this.living))
    }
    this.settleAll()
  }

  private get living (): Gateway[] {
    return this.gateways.filter(({ isOver }) => !isOver)
  }

  private gatewayAdd (): Gateway {
    const node = new Node(`n${this.gateways.length}`, this.log)
    node.position = Math.min(this.log.entries.length, ...this.living.map(({ lease }) => lease))
    node.groups.readFrom = node.position
    const gateway: Gateway = { node, lease: node.position, isOver: false, adopts: [] }
    this.gateways.push(gateway)
    this.log.add({ kind: 'hello', node: node.node })
    return gateway
  }

  private here (gateway: Gateway): Member[] {
    return this.members.filter(({ at }) => at === gateway)
  }

  private arrive (member: Member, to: Gateway): void {
    const isFirst = !this.here(to).length
    member.at = to
    if (isFirst) to.node.member(true)
  }

  /** Those that are there get what their gateway has taken since. */
  private deal (gateway: Gateway): void {
    const here = this.here(gateway)
    for (const payload of gateway.node.given.splice(0)) this.random.pick(here).given.add(payload)
  }

  private read (gateway: Gateway, most = Infinity): void {
    gateway.node.read(most)
    this.deal(gateway)
  }

  private leave (member: Member): void {
    const from = member.at!
    this.deal(from)
    member.readAt = from.node.position
    for (const payload of member.given) member.kept.add(payload)
    member.at = null
    if (!this.here(from).length) from.node.member(false, true)
  }

  /** What the gateway's members have is kept, as far as it has had the log. */
  private flush (gateway: Gateway): void {
    const { node, adopts } = gateway
    this.deal(gateway)
    this.log.write(node)
    for (const { given, kept } of this.here(gateway)) for (const payload of given) kept.add(payload)
    gateway.lease = Math.min(node.position, ...node.settled, ...adopts.map(({ gateway: { lease } }) => lease))
  }

  private kill (gateway: Gateway): void {
    gateway.isOver = true
    for (const member of this.here(gateway)) member.given = new Set(member.kept)
  }

  /** Another one goes on with a gateway that is over, as with those that it went on with. */
  private adopt (heir: Gateway, gateway: Gateway): void {
    const goneAt = this.log.gone(gateway.node.node, heir.node.node, gateway.lease)
    heir.lease = Math.min(heir.lease, gateway.lease)
    heir.adopts.push({ gateway, goneAt })
  }

  /** Gateways that are over, and that no living one goes on with. */
  private get lost (): Gateway[] {
    return this.gateways.filter(gateway => gateway.isOver && !this.done.has(gateway)
      && !this.living.some(({ adopts }) => adopts.some(one => one.gateway === gateway)))
  }

  private goOn (heir: Gateway): void {
    const [next] = heir.adopts
    if (!next || heir.node.position < next.goneAt || heir.node.isBusy || !heir.node.groups.isWhole) return
    const [coming] = this.here(next.gateway)
    if (coming) return this.arrive(coming, heir)
    heir.node.groups.inherited(next.gateway.node.node)
    // What is given by that is kept first.
    if (heir.node.isBusy) return
    this.flush(heir)
    this.done.add(next.gateway)
    heir.adopts.shift()
  }

  step (): void {
    const { random, living } = this
    const gateway = random.pick(living)
    const whole = living.filter(({ node }) => node.groups.isWhole)
    const draw = random.below(100)
    if (draw < 25) this.publish()
    else if (draw < 45) this.read(gateway, 1 + random.below(5))
    else if (draw < 60) this.log.write(gateway.node)
    else if (draw < 70) this.flush(gateway)
    else if (draw < 80) this.goOn(gateway)
    else if (draw < 85) {
      const [lost] = this.lost
      if (lost && whole.includes(gateway)) this.adopt(gateway, lost)
    } else if (draw < 97) {
      const member = random.pick(this.members)
      if (!member.at) this.comeTo(member, random.pick(whole))
      else if (!member.at.isOver && !member.at.node.isBusy) this.leave(member)
    } else if (living.length < 3) this.gatewayAdd()
    else if (whole.length > 1) this.kill(gateway)
  }

  private comeTo (member: Member, to: Gateway): void {
    if (to.node.isBusy) return
    while (to.node.position < member.readAt && !to.node.isBusy) this.read(to, 1)
    if (!to.node.isBusy) this.arrive(member, to)
  }

  private publish (): void {
    const payload = String(this.count++)
    this.published.add(payload)
    this.log.publish(payload)
  }

  private settleAll (): void {
    for (const gateway of this.living) {
      this.log.write(gateway.node)
      this.read(gateway)
    }
  }

  /** Everybody comes to rest. Answers the messages that nobody has. */
  async finish (): Promise<string[]> {
    for (let round = 0; round < 60; round++) {
      const [gateway] = this.living.filter(({ node }) => node.groups.isWhole)
      for (const lost of this.lost) this.adopt(gateway, lost)
      for (const member of this.members) if (!member.at) this.comeTo(member, gateway)
      this.settleAll()
      await turn()
      for (const one of this.living) this.goOn(one)
      this.settleAll()
    }
    const had = new Set(this.members.flatMap(({ given }) => [...given]))
    return [...this.published].filter(payload => !had.has(payload))
  }
}

it(`each message is a member's, in ${SEEDS} households`, async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const household = new Household(seed)
    for (let i = 0; i < STEPS; i++) {
      household.step()
      if (i % 3 === 0) await turn()
    }
    expect(await household.finish(), `MIDGE_SEED=${seed}`).toEqual([])
  }
})
