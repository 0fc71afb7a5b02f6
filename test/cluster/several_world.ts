// The World over three gateways that are one broker, in one process, on a real engine: so their clock is the test's,
// and what goes on between them can be waited for. Clients come to whichever of them.
import type { Configuration } from '../support/world'
import { Cluster } from '../../src/port/node/cluster/cluster'
import type { createBroker as create } from '../../src/port/node/library'
import { NatsServers } from '../../scripts/cluster/nats_servers.mjs'
import { tcp } from '../gateway/carriers'
import { type Instance, SocketWorld, brokerMaker } from '../gateway/socket_world'
import { Random } from '../model/random'
import { PATIENCE_MS } from '../support/patience'

const COUNT = 3
/** Time passes in so many steps at the most, milliseconds. */
const STEP_MS = 1_000
const STEPS_MAX = 40

/** `moving`: a client is at another gateway each time it connects; `random`: at the one that was drawn for it. */
export type Way = 'random' | 'moving'

/** One NATS server for all worlds of a test; each has a cluster of its own. */
const servers = new NatsServers()
let worldCount = 0

export async function engineStart (): Promise<void> {
  await servers.start(1)
}

export const engineStop = (): Promise<void> => servers.stop()

export class SeveralWorld extends SocketWorld {
  readonly isSeveral = true
  private readonly clusters: Cluster[] = []
  private readonly clusterName = `cases-${process.pid}-${worldCount++}`
  private readonly random: Random
  private readonly chosen = new Map<string, number>()
  private last = 0
  /** Clients that wait for their sessions. */
  private claims = 0

  constructor (createBroker: typeof create, configuration: Configuration, private readonly way: Way, seed: number) {
    super(`a cluster, ${way}`, createBroker, tcp, configuration, undefined, COUNT)
    this.random = new Random(seed)
  }

  protected override async prepare (instance: Instance): Promise<void> {
    const cluster = await Cluster.make(instance, { servers: servers.urls, name: this.clusterName }, () => undefined)
    const front = cluster['front']
    const claim = front.claim.bind(front)
    front.claim = async client => {
      this.claims++
      try {
        const reasonCode = await claim(client)
        // A Will of who is taken over goes to groups by the engine, at QoS 0 in its own time; the model has one order
        await this.flush()
        return reasonCode
      } finally {
        this.claims--
      }
    }
    this.clusters.push(cluster)
  }

  override async listen (): Promise<this> {
    await super.listen()
    for (const cluster of this.clusters) await cluster.open()
    return this
  }

  /** In steps, as what is due at a broker comes to the others first. */
  override async advance (milliseconds: number): Promise<void> {
    const step = Math.max(STEP_MS, milliseconds / STEPS_MAX)
    for (let left = milliseconds; left > 0; left -= step) await super.advance(Math.min(step, left))
  }

  protected override choose (clientId?: string): number {
    const { random, chosen, way } = this
    if (way === 'moving') return this.last = (this.last + 1 + random.below(COUNT - 1)) % COUNT
    const known = clientId === undefined ? undefined : chosen.get(clientId)
    const drawn = known ?? random.below(COUNT)
    if (clientId !== undefined) chosen.set(clientId, drawn)
    return drawn
  }

  protected override isBusy (): boolean {
    const { clusters } = this
    const position = Math.max(...clusters.map(cluster => cluster['reader'].position))
    return this.claims > 0 || clusters.some(cluster => {
      const [commits, reader, roaming] = [cluster['commits'], cluster['reader'], cluster['roaming']]
      return commits['isRunning'] || commits.isChanged || roaming['turns'].count > 0 || reader['holds'] > 0
        || reader.position < position
    })
  }

  /** Whatever one gateway has sent by the engine has come to the others when the engine has answered all of them. */
  private async flush (): Promise<void> {
    const { clusters } = this
    for (const cluster of clusters) await cluster['engine'].connection?.flush().catch(() => undefined)
    for (const cluster of clusters) await (await cluster['quickGroups']['connection'])?.flush().catch(() => undefined)
  }

  protected override async carry (): Promise<boolean> {
    const { clusters } = this
    await this.flush()
    await this.until(() => clusters.every(({ groups }) => !groups['works'].count))
    const filters = new Set(clusters.flatMap(({ groups }) => [...groups['groups'].values()])
      .filter(({ isOpen }) => isOpen).map(({ filter }) => filter))
    for (const filter of filters) await this.groupTaken(filter)
    return true
  }

  /** All that the log has for a group is in some gateway's hands, or acknowledged. */
  private async groupTaken (filter: string): Promise<void> {
    const groups = this.clusters.map(cluster => cluster.groups['groups'].get(filter))
      .filter(group => group !== undefined)
    const [{ consumer: { engine, name } }] = groups
    const open = (): number => groups.reduce((sum, group) => sum + group['hands'].size, 0)
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const before = open()
      const { num_pending, num_ack_pending } = await engine.manager!.consumers.info(engine.log, name)
      if (!num_pending && num_ack_pending === before && before === open()) return
    }
    throw new Error(`${filter} was not taken`)
  }

  override async close (): Promise<void> {
    await super.close()
    const manager = this.clusters[0]['engine']['manager']
    const buckets = ['sessions', 'retained', 'nodes'].map(bucket => `KV_${this.clusterName}_${bucket}`)
    for (const name of [`${this.clusterName}_log`.toUpperCase(), ...buckets]) await manager?.streams.delete(name)
    for (const cluster of this.clusters) {
      cluster['engine'].isReady = false
      await cluster.leave()
    }
  }
}

export async function severalWorld (configuration: Configuration, way: Way, seed: number): Promise<SeveralWorld> {
  return new SeveralWorld(await brokerMaker(), configuration, way, seed).listen()
}
