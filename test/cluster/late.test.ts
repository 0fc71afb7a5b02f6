// What a gateway was about to put into the log comes there late, when others go on with its sessions.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { NatsServers, natsMissing } from '../../scripts/cluster/nats_servers.mjs'
import type { Cluster } from '../../src/port/node/cluster/cluster'
import { stateRead } from '../../src/port/node/cluster/hosted_session'
import { brokerListen, brokersEnd } from '../gateway/library'
import { Wire } from '../gateway/wire'
import { PATIENCE, User } from './user'

const servers = new NatsServers()
const users: User[] = []
const wires: Wire[] = []
let count = 0

interface Gateway { port: number, cluster: Cluster }

/** Gateways of a cluster of their own. */
async function gateways (number: number): Promise<Gateway[]> {
  const cluster = { servers: servers.urls, name: `late-${process.pid}-${count++}` }
  return Promise.all(Array.from({ length: number }, async () => {
    const { broker, port } = await brokerListen({ cluster })
    return { port, cluster: (broker as unknown as { united: Cluster }).united }
  }))
}

const until = (condition: () => void | Promise<void>): Promise<void> => vi.waitFor(condition, PATIENCE)

async function reader ({ port }: Gateway, topic: string): Promise<User> {
  const made = await User.connect(port, 'reader')
  users.push(made)
  await made.client.subscribeAsync(topic, { qos: 2 })
  return made
}

/** A client whose session stays; answers whether it was there. */
async function come ({ port }: Gateway, clientId: string): Promise<{ wire: Wire, isSessionPresent: boolean }> {
  const wire = new Wire(port)
  wires.push(wire)
  wire.send({
    cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: false, clientId, keepalive: 0,
    properties: { sessionExpiryInterval: 300 },
  })
  const answer = await wire.next() as { cmd: string, reasonCode: number, sessionPresent: boolean }
  expect(answer).toMatchObject({ cmd: 'connack', reasonCode: 0 })
  return { wire, isSessionPresent: answer.sessionPresent }
}

const publish = (wire: Wire, payload: string, messageId: number, dup = false): void =>
  wire.send({ cmd: 'publish', topic: 't', payload, qos: 2, messageId, dup, retain: false })

/** The rest of what a client does with a message at QoS 2. */
async function finish (wire: Wire, messageId: number): Promise<void> {
  expect(await wire.next()).toMatchObject({ cmd: 'pubrec', messageId })
  wire.send({ cmd: 'pubrel', messageId })
  expect(await wire.next()).toMatchObject({ cmd: 'pubcomp', messageId })
}

/** Message 7 once more, and another: a reader has each of them once. */
async function sendAgain (wire: Wire, reader: User): Promise<void> {
  publish(wire, 'x', 7, true)
  await finish(wire, 7)
  publish(wire, 'end', 8)
  await finish(wire, 8)
  await until(() => expect(reader.payloads.at(-1)).toBe('end'))
  expect(reader.payloads).toEqual(['x', 'end'])
}

/** What a gateway appends is on its way to the engine until what is answered is called. */
function hold ({ cluster }: Gateway): { held: string[], letGo: () => void } {
  const engine = cluster['engine']
  const append = engine.append.bind(engine)
  const held: string[] = []
  let letGo = (): void => undefined
  const gate = new Promise<void>(resolve => { letGo = resolve })
  engine.append = async (bytes, identifier, isWanted) => {
    held.push(identifier)
    await gate
    return append(bytes, identifier, isWanted)
  }
  return { held, letGo }
}

/** Nobody answers for other gateways, as this one sees it. */
function alone ({ cluster }: Gateway): void {
  cluster.leases.isThere = async () => false
}

describe.skipIf(natsMissing)(`what comes late ${natsMissing}`, () => {
  beforeAll(() => servers.start(1))
  afterEach(async () => {
    for (const one of users.splice(0)) one.cut()
    for (const { socket } of wires.splice(0)) socket.destroy()
    await brokersEnd()
  })
  afterAll(() => servers.stop())

  it.each([
    ['', false], [', though it was on its way elsewhere', true],
  ])('is nobody\'s where its client is elsewhere by then, who is told nothing%s', async (_how, isAsked) => {
    const [former, next] = await gateways(2)
    const one = await reader(next, 't')
    const { wire: first } = await come(former, 'moves')
    const closed = new Promise<void>(resolve => first.socket.once('close', () => resolve()))
    const { held, letGo } = hold(former)
    publish(first, 'x', 7)
    await until(() => expect(held).toHaveLength(1))
    // Who is asked for the session says so when all that its client has sent is written.
    const asked = JSON.stringify({ client: 'moves', to: next.cluster.node })
    const answer = isAsked ? former.cluster['roaming']['give'](asked) : undefined
    alone(next)
    const { wire: second, isSessionPresent } = await come(next, 'moves')
    expect(isSessionPresent).toBe(true)
    letGo()
    await until(async () => {
      const { last } = await next.cluster['engine'].range()
      for (const { cluster } of [former, next]) expect(cluster.position).toBe(last)
      expect(former.cluster['commits'].isBusy).toBe(false)
    })
    await closed
    expect(await answer).toBe(isAsked ? 'unknown' : undefined)
    expect(first['packets']).toEqual([])
    await sendAgain(second, one)
  })

  it('has a session with one of two that have taken it at once, as a server takes both', async () => {
    const all = await gateways(3)
    const [former, ...takers] = all
    const { wire } = await come(former, 'moves')
    wire.socket.destroy()
    for (const taker of takers) {
      alone(taker)
      const engine = taker.cluster['engine']
      const write = engine.write.bind(engine)
      // Both have read the same; the second one is not told that it is too late.
      engine.write = async (bucket, key, bytes, revision, isWanted) => {
        const state = bucket === 'sessions' && stateRead(bytes)
        if (!state || !state.isGiven || state.client !== 'moves') return write(bucket, key, bytes, revision, isWanted)
        written++
        await until(() => expect(written).toBeGreaterThan(1))
        return write(bucket, key, bytes, (await engine.read(bucket, key))!.revision, isWanted)
      }
    }
    let written = 0
    const came = await Promise.all(takers.map(taker => come(taker, 'moves')))
    expect(came.map(({ isSessionPresent }) => isSessionPresent)).toEqual([true, true])
    const holders = new Set(all.map(({ cluster }) => cluster['counts'].holderOf('moves')?.node))
    expect(holders.size).toBe(1)
    const hosts = takers.filter(({ cluster }) => cluster['records'].hosted.get('moves')?.revision)
    expect(hosts.map(({ cluster }) => cluster.node)).toEqual([...holders])
  })

  it('is known to who has the session where it came in front of that', async () => {
    const [former, next] = await gateways(2)
    const one = await reader(next, 't')
    const { wire: first } = await come(former, 'moves')
    // It stands in the log, and its gateway does not hear so, nor note it in the session's key.
    const engine = former.cluster['engine']
    const append = engine.append.bind(engine)
    let written = 0
    engine.append = async (...given) => {
      written = await append(...given)
      return new Promise(() => undefined)
    }
    publish(first, 'x', 7)
    await until(() => expect(written).toBeGreaterThan(0))
    alone(next)
    const { wire: second } = await come(next, 'moves')
    await sendAgain(second, one)
    engine.isReady = false
  })
})
