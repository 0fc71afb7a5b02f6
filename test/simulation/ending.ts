// The end of a home: everybody leaves for good and nothing stays retained. Then the broker must be as empty as it was.

import { generate } from 'mqtt-packet'
import { capacityOf } from './audit'
import type { Oracle } from './oracle'
import type { Create } from './script'

/** A board has joined its network again by then, and every Will Message has been published, milliseconds. */
const CALM_MS = 200_000
/** Above every connection of the home. */
const FIRST_ID = 1_000_000
/** A broker that keeps more for each client says itself what it holds. */
const QUEUE_MEASURED_MAX = 200

const capacities = new Map<string, number>()

/** What a broker of this kind keeps that was never used. */
async function capacityBefore(oracle: Oracle, create: Create): Promise<number> {
  const { configuration, world: { name } } = oracle
  // Rules take room too.
  const key = name + JSON.stringify(configuration)
  const capacity = capacities.get(key) ?? await capacityOf(await create(configuration))
  capacities.set(key, capacity)
  return capacity
}

/** `isBoard`: its machine may have a fault that has not ended yet. */
export async function endEverything(oracle: Oracle, isBoard: boolean, create: Create): Promise<void> {
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
  for (const topic of new Set([...retained.keys(), ...retainedPerhaps.keys(), ...retainedExpired.keys()])) {
    await say({ cmd: 'publish', topic, payload: '', qos: 0, retain: true, dup: false })
  }
  await say({ cmd: 'disconnect' })
  await oracle.run({ kind: 'audit' })
  if (oracle.board.QUEUE_MAX > QUEUE_MEASURED_MAX) return
  const before = await capacityBefore(oracle, create)
  const after = await capacityOf(oracle.world)
  if (after !== before) throw new Error(`an empty broker keeps ${after} messages, and ${before} when it began`)
}
