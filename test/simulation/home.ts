// A home: a broker behind its oracle, a network, clients, faults and one agenda, all of it drawn from one seed.

import { Random } from '../model/random'
import { Agenda } from './agenda'
import type { Chronicle } from './chronicle'
import type { Client } from './client'
import { Network } from './network'
import type { Oracle } from './oracle'
import type { Swarm } from './swarm'

/** The broker's numbers are looked at this often, milliseconds. */
const AUDIT_MS = 600_000

export class Home {
  readonly network: Network
  readonly clients: Client[] = []
  /** Messages that clients have published; makes each payload another. */
  messageCount = 0
  private readonly agenda = new Agenda()

  /** `chronicle` hears how the home fares. */
  constructor(
    readonly oracle: Oracle, readonly random: Random, readonly swarm: Swarm, private readonly chronicle?: Chronicle,
  ) {
    this.network = new Network(this, oracle, random, swarm)
    swarm.actors.forEach(({ start }, index) => start(this, index))
    this.after(AUDIT_MS, () => this.audit())
    for (const fault of swarm.faults) {
      const strike = async (): Promise<void> => {
        chronicle?.mark(this.time, fault.name)
        await fault.strike(this)
        this.after(this.around(fault.every), strike)
      }
      this.after(this.around(fault.every), strike)
    }
  }

  private async audit(): Promise<void> {
    await this.oracle.run({ kind: 'audit' })
    this.after(AUDIT_MS, () => this.audit())
  }

  /** Virtual milliseconds. */
  get time(): number {
    return this.oracle.time
  }

  at(time: number, run: () => Promise<void> | void): void {
    this.agenda.add(time, run)
  }

  after(milliseconds: number, run: () => Promise<void> | void): void {
    this.agenda.add(this.time + milliseconds, run)
  }

  /** A random time whose average is this one. */
  around(milliseconds: number): number {
    return 1 + this.random.below(2 * milliseconds)
  }

  /** A payload that no other message has. */
  payload(): string {
    return `m${++this.messageCount}`
  }

  /** Lets the home live until `time`. */
  async live(time: number): Promise<void> {
    for (let entry = this.agenda.take(); entry && entry.at <= time; entry = this.agenda.take()) {
      if (entry.at > this.time) await this.oracle.run({ kind: 'time', ms: entry.at - this.time })
      await entry.run()
      await this.chronicle?.look(this)
    }
  }
}
