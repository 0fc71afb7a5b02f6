// The end of a home: everybody leaves for good and nothing stays retained. Then the broker must be as empty as it was.

import { generate } from 'mqtt-packet'
import type { World } from '../support/world'
import { capacityOf } from './audit'
import type { Oracle } from './oracle'

/** A board has joined its network again by then, and every Will Message has been published, milliseconds. */
const CALM_MS = 200_000
/** Above every connection of the home. */
const FIRST_ID = 1_000_000
/** A broker that keeps more for each client says itself what it holds. */
const QUEUE_MEASURED_MAX = 100

const capacities = new Map<string, number>()

/** What a broker of this kind keeps that was never used. */
async function capacityBefore(name: string, create: () => Promise<World>): Promise<number> {
  const capacity = capacities.get(name) ?? await capacityOf(await create())
  capacities.set(name, capacity)
  return capacity
}

/** `isBoard`: its machine may have a fault that has not ended yet. */
export async function endEverything(oracle: Oracle, isBoard: boolean, create: () => Promise<World>): Promise<void> {
  // Who does not read must not be given up unseen.
  for (const id of [...oracle.links.keys()]) await oracle.run({ kind: 'go on', id })
  if (isBoard) {
    await oracle.run({ kind: 'machine', fault: 'memory free' })
    await oracle.run({ kind: 'machine', fault: 'Wi-Fi back' })
    await oracle.run({ kind: 'time', ms: CALM_MS })
  }
  for (const id of [...oracle.links.keys()]) await oracle.run({ kind: 'drop', id })
  let id = FIRST_ID
  const say = (packet: object): Promise<void> =>
    oracle.run({ kind: 'bytes', id, hex: generate(packet as never, { protocolVersion: 4 }).toString('hex') })
  const begin = async (clientId: string): Promise<void> => {
    await oracle.run({ kind: 'open', id: ++id, version: 4 })
    await say({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId, clean: true, keepalive: 0 })
  }
  for (const clientId of [...oracle.model.sessions.keys()]) {
    await begin(clientId)
    await say({ cmd: 'disconnect' })
  }
  const { retained, retainedPerhaps, retainedExpired } = oracle.model
  await begin('last')
  for (const topic of new Set([...retained.keys(), ...retainedPerhaps.keys(), ...retainedExpired])) {
    await say({ cmd: 'publish', topic, payload: '', qos: 0, retain: true, dup: false })
  }
  await say({ cmd: 'disconnect' })
  await oracle.run({ kind: 'audit' })
  if (oracle.board.QUEUE_MAX > QUEUE_MEASURED_MAX) return
  const before = await capacityBefore(oracle.world.name, create)
  const after = await capacityOf(oracle.world)
  if (after !== before) throw new Error(`an empty broker keeps ${after} messages, and ${before} when it began`)
}
