// What the broker says of itself under $SYS, held to what the model knows: a client of the oracle's own connects, reads
// and leaves. And whether all memory comes back once everything has ended.

import { connackCode, connectSend } from '../support/client'
import type { Peer } from '../support/peer'
import type { World } from '../support/world'
import type { Oracle } from './oracle'
import { judgeRoomMade } from './oracle_sessions'

const AUDITOR = 'auditor'
/** CONNECT and SUBSCRIBE, which the auditor has sent when it reads. */
const PACKETS_BEFORE = 2
/** Messages that the capacity is measured with, bytes of their payload. */
const PROBE_SIZE = 100
const PROBE_SESSIONS = 4

/**
 * Reads everything under $SYS/broker/; undefined: the broker has no room for one client more. One that does not keep
 * its numbers as retained messages sends them when their interval is over, for which `wait` waits.
 */
async function numbersOf(
  world: World, cameIn: () => void, wait: () => Promise<void>,
): Promise<Map<string, string> | undefined> {
  const peer = await world.open(4)
  if (peer.isClosed) return undefined
  await connectSend(peer, { version: 4, clientId: AUDITOR })
  cameIn()
  const [connack] = peer.arrived()
  if (!connack || connackCode(connack) !== 0) return undefined
  await peer.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '$SYS/broker/#', qos: 0 }] } as never)
  if (!world.board.FEATURE_SYS_RETAINED) await wait()
  const packets = peer.arrived()
  const granted = packets.find(({ cmd }) => cmd === 'suback')?.granted[0]
  await peer.send({ cmd: 'disconnect' } as never)
  if (granted !== 0) return undefined
  return new Map(packets.filter(({ cmd }) => cmd === 'publish')
    .map(({ topic, payload }) => [topic.slice('$SYS/broker/'.length), payload.toString()]))
}

/** What the broker has been sent since it began, as far as the oracle could see. */
export interface Traffic {
  /** Whole packets that the broker handled. */
  handled: number
  /** Packets that broke the protocol: whether they count is the broker's. */
  broken: number
  /** The auditor's own. */
  own: number
}

/** What the model says of the numbers, which time may change. */
const snapshot = ({ model, links }: Oracle): string => [links.size, model.sessions.size, model.retained.size,
  ...[...model.sessions.values()].map(({ subscriptions }) => subscriptions.size)].join()

/** Compares the broker's numbers with the model's. */
export async function audit(oracle: Oracle): Promise<void> {
  const { model, links, world, traffic } = oracle
  // While it waits, a client that does not read would be silent for longer than it may be.
  if ([...links.values()].some(({ slowSince }) => slowSince !== undefined)) return
  let before = ''
  const cameIn = (): void => {
    judgeRoomMade(oracle, undefined)
    before = snapshot(oracle)
  }
  const numbers = await numbersOf(world, cameIn, () => oracle.advance(world.board.SYS_INTERVAL_DEFAULT * 1_000))
  if (!numbers) {
    oracle.coverage.touch('audit without room')
    // Whatever it was refused with, its CONNECT may have been handled.
    traffic.broken += PACKETS_BEFORE + 1
    return
  }
  traffic.own += PACKETS_BEFORE + 1
  if (snapshot(oracle) !== before) return
  const check = (name: string, least: number, most = least): void => {
    const value = Number(numbers.get(name) ?? NaN)
    if (value >= least && value <= most) return
    throw new Error(`$SYS/broker/${name}: ${numbers.get(name)}, not ${least}${most > least ? ` to ${most}` : ''}`)
  }
  const subscriptions = [...model.sessions.values()].reduce((sum, session) => sum + session.subscriptions.size, 0)
  const isCertain = !oracle.isCrowded
  check('clients/connected', links.size + 1)
  check('clients/total', model.sessions.size + 1)
  check('subscriptions/count', subscriptions + 1)
  check('retained messages/count', isCertain ? model.retained.size : 0,
    model.retained.size + model.retainedExpired.size + model.retainedPerhaps.size)
  const received = traffic.handled + traffic.own - 1
  // A board counts a large packet when it begins.
  const partial = [...links.values()].filter(({ isBetweenPackets }) => !isBetweenPackets).length
  check('messages/received', received, received + traffic.broken + partial)
  if (model.sessions.size === 0 && model.retained.size === 0 && world.board.FEATURE_SYS_TRAFFIC) {
    check('store/messages/count', 0)
  }
  oracle.coverage.touch('audit of $SYS')
}

/** Connects, with everything that a client of 5.0 may want kept. */
async function probeConnect(world: World, clientId: string, sessionExpiryInterval: number): Promise<Peer> {
  const peer = await world.open(5)
  await connectSend(peer, { version: 5, clientId, clean: true, properties: { sessionExpiryInterval } })
  if (connackCode(peer.arrived()[0]) !== 0) throw new Error(`no room for ${clientId} in a broker that is empty`)
  return peer
}

/** How many messages a broker that holds nothing keeps for clients that are away; then it holds nothing again. */
export async function capacityOf(world: World): Promise<number> {
  const names = Array.from({ length: PROBE_SESSIONS }, (_, number) => `probe-${number}`)
  for (const name of names) {
    const peer = await probeConnect(world, name, 1_000)
    await peer.send({
      cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `probe/${name}`, qos: 1, nl: false, rap: false, rh: 0 }],
    } as never)
    await peer.send({ cmd: 'disconnect' } as never)
  }
  const publisher = await probeConnect(world, AUDITOR, 0)
  let kept = 0
  for (const name of names) {
    for (let number = 1; number <= world.board.QUEUE_MAX; number++) {
      await publisher.send({
        cmd: 'publish', topic: `probe/${name}`, payload: Buffer.alloc(PROBE_SIZE), qos: 1, dup: false, retain: false,
        messageId: number,
      })
      if ((publisher.arrived().find(({ cmd }) => cmd === 'puback')?.reasonCode ?? 0) !== 0) break
      kept++
    }
  }
  await publisher.send({ cmd: 'disconnect' } as never)
  for (const name of names) await (await probeConnect(world, name, 0)).send({ cmd: 'disconnect' } as never)
  return kept
}
