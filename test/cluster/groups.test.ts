// Shared subscriptions of several gateways, on a real engine: who gets what, while members move and gateways die.
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IClientOptions } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { natsMissing } from '../../scripts/cluster/nats_servers.mjs'
import { groupName } from '../../src/port/node/cluster/group_consumer'
import { ClusterWorld } from './cluster_world'
import { KEPT, PATIENCE, User } from './user'

/** Messages that a queue may have. */
const QUEUE = 20
const folder = mkdtempSync(join(tmpdir(), 'midge-groups-'))
const world = new ClusterWorld()
const users: User[] = []

async function user (gateway: number, name: string, options?: IClientOptions): Promise<User> {
  const made = await User.connect(world.gateways[gateway].port, name, options)
  users.push(made)
  return made
}

async function member (gateway: number, name: string, filter: string, options?: IClientOptions): Promise<User> {
  const made = await user(gateway, name, options)
  await made.client.subscribeAsync(filter, { qos: 2 })
  return made
}

const until = (condition: () => void | Promise<void>): Promise<void> => vi.waitFor(condition, PATIENCE)
const numbers = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => String(from + i))
const sorted = (payloads: string[]): string[] => payloads.sort((a, b) => Number(a) - Number(b))
const all = (...members: User[]): string[] => sorted(members.flatMap(({ payloads }) => payloads))

/** One after the other, so that each is an entry of its own. */
async function publish (sender: User, topic: string, payloads: string[], qos: 0 | 1 | 2 = 1): Promise<void> {
  for (const payload of payloads) await sender.client.publishAsync(topic, payload, { qos })
}

/** Whether the engine has a group. */
async function isGroup (filter: string): Promise<boolean> {
  const connection = await connect({ servers: world.servers.urls })
  const { consumers } = await jetstreamManager(connection)
  const isThere = await consumers.info('MIDGE_LOG', groupName(filter)).then(() => true, () => false)
  await connection.close()
  return isThere
}

describe.skipIf(natsMissing)(`groups over several gateways ${natsMissing}`, () => {
  beforeAll(async () => {
    const file = join(folder, 'midge.conf')
    writeFileSync(file, `max_queued_messages ${QUEUE}\nallow_anonymous true\n`)
    await world.start(1, 3, '--config', file)
  })
  afterEach(() => {
    for (const one of users.splice(0)) one.cut()
  })
  afterAll(async () => {
    await world.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('share what comes, each message to one member, those of the publisher\'s gateway too', async () => {
    const members = [await member(0, 'a0', '$share/a/jobs/#'), await member(1, 'a1', '$share/a/jobs/#'),
      await member(1, 'a2', '$share/a/jobs/#'), await member(2, 'a3', '$share/a/jobs/#')]
    const other = await member(2, 'a4', '$share/other/jobs/+')
    const sender = await user(0, 'sender')
    let count = 0
    await until(async () => {
      await publish(sender, 'jobs/x', [String(count++)], 2)
      expect(members.every(({ came }) => came.length > 0)).toBe(true)
    })
    await until(() => expect(all(...members)).toEqual(numbers(0, count)))
    await until(() => expect(all(other)).toEqual(numbers(0, count)))
  })

  it('share messages at QoS 0 too, each to one member', async () => {
    const filters = ['$share/q/quick/#', '$share/q/quick/#', '$share/q/quick/#']
    const members = await Promise.all(filters.map((filter, i) => member(i, `q${i}`, filter)))
    const sender = await user(0, 'sender')
    // Their filters have to get about.
    await until(async () => {
      await publish(sender, 'quick', ['-1'], 0)
      expect(members.every(({ came }) => came.length > 0)).toBe(true)
    })
    await publish(sender, 'quick/er', numbers(0, 60), 0)
    const came = (): string[] => all(...members).filter(payload => payload !== '-1')
    await until(() => expect(came().length).toBeGreaterThanOrEqual(60))
    expect(came()).toEqual(numbers(0, 60))
  })

  it('have what was given to a gateway that is killed given to others', async () => {
    const [staying, leaving] = [await member(0, 'k0', '$share/k/x', KEPT), await member(1, 'k1', '$share/k/x', KEPT)]
    const sender = await user(0, 'sender')
    await publish(sender, 'x', numbers(0, 40))
    await world.gatewayEnd(1, 'SIGKILL')
    await publish(sender, 'x', numbers(40, 40))
    const back = await user(2, 'k1', KEPT)
    expect(back.isSessionPresent).toBe(true)
    await until(() => expect([...new Set(all(staying, leaving, back))]).toEqual(numbers(0, 80)))
    await world.gatewayStart(1)
  })

  it('have what was given to a gateway that stands still given to others', async () => {
    const [staying] = [await member(0, 's0', '$share/s/x'), await member(1, 's1', '$share/s/x', KEPT)]
    const sender = await user(0, 'sender')
    world.gateways[1].signal('SIGSTOP')
    await publish(sender, 'x', numbers(0, 40))
    await user(2, 's1', KEPT)
    await until(() => expect(new Set([...users.flatMap(({ payloads }) => payloads)]).size).toBe(40))
    world.gateways[1].signal('SIGCONT')
    expect(staying.came.length).toBeGreaterThan(0)
  })

  it('keep what comes while the only member goes from one gateway to another, each message once', async () => {
    const first = await member(0, 'r', '$share/r/x', KEPT)
    const sender = await user(1, 'sender')
    await publish(sender, 'x', numbers(0, 5), 2)
    await until(() => expect(all(first)).toEqual(numbers(0, 5)))
    await first.leave()
    await publish(sender, 'x', numbers(5, 5), 2)
    await world.gatewayEnd(0, 'SIGTERM')
    await publish(sender, 'x', numbers(10, 5), 2)
    const second = await user(2, 'r', KEPT)
    expect(second.isSessionPresent).toBe(true)
    await until(() => expect(all(second)).toEqual(numbers(5, 10)))
    const third = await user(1, 'r', KEPT)
    await publish(sender, 'x', numbers(15, 5), 2)
    await until(() => expect(all(third)).toEqual(numbers(15, 5)))
    expect(all(second)).toEqual(numbers(5, 10))
    await world.gatewayStart(0)
  })

  it.each(['ends', 'leaves'])('get nothing of the time without members, when the last one %s', async how => {
    const filter = `$share/over/${how}`
    const first = await member(0, 'o', filter, KEPT)
    const sender = await user(1, 'sender')
    await publish(sender, how, ['0'])
    await until(() => expect(all(first)).toEqual(['0']))
    expect(await isGroup(filter)).toBe(true)
    if (how === 'ends') await (await user(2, 'o', { clean: true })).leave()
    else await first.client.unsubscribeAsync(filter)
    await until(async () => expect(await isGroup(filter)).toBe(false))
    await publish(sender, how, numbers(1, 5))
    const next = await member(2, 'next', filter)
    await publish(sender, how, ['6'])
    await until(() => expect(next.payloads.at(-1)).toBe('6'))
    expect(next.payloads).toEqual(['6'])
  })

  it('go on while a member is there that leaves no session behind, whoever else goes', async () => {
    const [one, two] = [await member(0, 'g0', '$share/g/x'), await member(1, 'g1', '$share/g/x', KEPT)]
    const sender = await user(2, 'sender')
    await publish(sender, 'x', numbers(0, 10))
    await two.client.unsubscribeAsync('$share/g/x')
    await publish(sender, 'x', numbers(10, 10))
    await until(() => expect(all(one, two)).toEqual(numbers(0, 20)))
  })

  it('leave to others what members of a gateway have no room for, and lose nothing where nobody has', async () => {
    const [away, here] = [await member(0, 'f0', '$share/f/x', KEPT), await member(1, 'f1', '$share/f/x')]
    await away.leave()
    const sender = await user(2, 'sender')
    await publish(sender, 'x', numbers(0, 4 * QUEUE))
    await until(() => expect(here.came.length).toBeGreaterThanOrEqual(3 * QUEUE))
    await here.leave()
    await publish(sender, 'x', numbers(4 * QUEUE, QUEUE))
    const back = await user(2, 'f0', KEPT)
    await until(() => expect(all(here, back)).toEqual(numbers(0, 5 * QUEUE)))
  })
})

describe.skipIf(natsMissing)(`a group of a gateway whose engine is away ${natsMissing}`, () => {
  const lonely = new ClusterWorld()
  afterAll(() => lonely.stop())

  it('goes on at QoS 0 among its own clients', async () => {
    await lonely.start(1, 1)
    const { port } = lonely.gateways[0]
    const [one, sender] = [await User.connect(port, 'one'), await User.connect(port, 'sender')]
    await one.client.subscribeAsync('$share/g/x', { qos: 0 })
    await lonely.servers.end(0, 'SIGKILL')
    await until(async () => expect(await lonely.metric('midge_cluster_ready')).toEqual([0]))
    await sender.client.publishAsync('x', 'quick', { qos: 0 })
    await until(() => expect(one.payloads).toEqual(['quick']))
    for (const each of [one, sender]) each.cut()
  })
})
