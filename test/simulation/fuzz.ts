// Two senders at a time, byte by byte: each sends packets of every kind, some of them bent, cut anywhere. The oracle
// judges every packet: one that is wrong ends its own connection with a Reason Code for it, and the other sender is
// sent what the model says and nothing else.

import { Random } from '../model/random'
import { isSmall } from '../support/small_board'
import { bend, drawConnect, drawPacket, type Sender } from './fuzz_packets'
import {
  ACCESS_DENY, ACCESS_READ, ACCESS_SUBSCRIBE, ACCESS_WRITE, RULE_PATTERN,
} from '../../src/broker/access/access_kind'
import type { AccessRule } from '../support/world'
import { Coverage } from './coverage'
import { describeScript } from './describe'
import { Oracle } from './oracle'
import type { Edition } from './run_simulation'
import { Unjudged, type Create } from './script'

/** One packet in so many is bent. */
const BENT = 5
const SIZES_MAX = [1, 4, 30, 2_000]

const READ_WRITE = ACCESS_READ | ACCESS_WRITE | ACCESS_SUBSCRIBE

/** Of some brokers: what these do not grant is denied. */
const RULES: AccessRule[] = [
  { kind: RULE_PATTERN, name: '', access: READ_WRITE, filter: 'a/#' },
  { kind: RULE_PATTERN, name: '', access: ACCESS_READ | ACCESS_SUBSCRIBE, filter: '#' },
  { kind: RULE_PATTERN, name: '', access: ACCESS_READ | ACCESS_SUBSCRIBE, filter: '$SYS/#' },
  { kind: RULE_PATTERN, name: '', access: READ_WRITE | ACCESS_DENY, filter: 'a/b/%c' },
  { kind: RULE_PATTERN, name: '', access: READ_WRITE | ACCESS_DENY, filter: 'b/+' },
]

class FuzzSender implements Sender {
  version: Sender['version']
  count = 0
  private id = 0
  private waiting: Uint8Array = new Uint8Array(0)

  constructor(
    readonly oracle: Oracle, readonly random: Random, readonly clientId: string, private readonly first: number,
  ) {
    this.version = random.pick([4, 5])
  }

  get isIdle(): boolean {
    return this.waiting.length === 0
  }

  /** Sends the next bytes, or begins anew. */
  async turn(): Promise<void> {
    const { oracle, random } = this
    const link = oracle.links.get(this.id)
    if (!link) {
      this.id = this.id === 0 ? this.first : this.id + 1
      await oracle.run({ kind: 'open', id: this.id, version: 4 })
      this.waiting = this.perhapsBent(drawConnect(this))
      return
    }
    if (random.oneIn(100)) {
      await oracle.run({ kind: 'drop', id: this.id })
      return
    }
    if (this.isIdle || (link.state === 'connected' && random.oneIn(3))) {
      this.waiting = Buffer.concat([this.waiting, this.perhapsBent(drawPacket(this))])
    }
    const size = 1 + random.below(Math.min(this.waiting.length, random.pick(SIZES_MAX)))
    const bytes = this.waiting.subarray(0, size)
    this.waiting = this.waiting.subarray(size)
    await oracle.run({ kind: 'any', id: this.id, hex: Buffer.from(bytes).toString('hex') })
  }

  private perhapsBent(packet: Uint8Array): Uint8Array {
    return this.random.oneIn(BENT) ? bend(packet, this.random) : packet
  }
}

export interface FuzzOutcome {
  hash: string
  rounds: number
  packets: number
  coverage: Coverage
}

/** Runs a seed for so many turns of its senders; throws what went wrong, in words. */
export async function fuzz(edition: Edition, seed: number, turns: number): Promise<FuzzOutcome> {
  const random = new Random(seed ^ 0xf022_0000)
  const outcome = { hash: '', rounds: 0, packets: 0, coverage: new Coverage() }
  for (let left = turns; left > 0; outcome.rounds++) {
    const create: Create = (configuration, flash) => edition.create(seed + outcome.rounds, configuration, flash)
    const rules = random.oneIn(3) ? RULES : []
    const oracle = await Oracle.start(create, isSmall(edition.board), rules.length > 0 ? { rules } : {})
    try {
      left = await round(oracle, random, left)
    } catch (error) {
      const repeat = `npm run sim -- --fuzz --core ${edition.name} --seed ${seed} --steps ${turns}`
      throw new Error(await describeScript(create, oracle, `${repeat}: ${(error as Error).message}`), { cause: error })
    }
    outcome.hash = oracle.digest()
    outcome.packets += oracle.packetsIn
    outcome.coverage.add(oracle.coverage)
  }
  return outcome
}

/** One broker's life: until the turns are over, or until what the standard leaves open. Answers the turns left. */
async function round(oracle: Oracle, random: Random, turns: number): Promise<number> {
  const senders = ['one', 'two'].map((name, index) => new FuzzSender(oracle, random, name, 1 + 1_000_000 * index))
  let left = turns
  try {
    while (left-- > 0) {
      if (random.oneIn(300)) await oracle.run({ kind: 'time', ms: random.pick([1_000, 20_000, 120_000]) })
      else await random.pick(senders).turn()
    }
    await oracle.run({ kind: 'audit' })
  } catch (error) {
    if (!(error instanceof Unjudged)) throw error
    oracle.coverage.touch(`left open: ${error.message}`)
  }
  await oracle.close()
  return left
}
