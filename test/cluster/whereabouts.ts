// Where messages stand that did not come, or came wrongly: in the log, at a group's consumer, in sessions' keys. For
// whoever looks for the cause; it reads the engine and changes nothing.
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { Kvm } from '@nats-io/kv'
import { connect } from '@nats-io/transport-node'
import { type SessionState, stateRead } from '../../src/port/node/cluster/hosted_session'
import { entryDecode, topicOf } from '../../src/port/node/cluster/log_entry'
import type { Published } from '../../src/port/node/cluster_seam'

const LOG = 'MIDGE_LOG'
const TIMEOUT_MS = 20_000

export interface Missing {
  topic: string
  /** Payloads. */
  numbers: number[]
}

const payloadOf = ({ bytes, topicSize, propertiesSize }: Published): string =>
  Buffer.from(bytes.subarray(topicSize + propertiesSize)).toString()

/** A line for each entry that has some of them. */
async function entriesWith (stream: JetStreamClient, last: number, { topic, numbers }: Missing): Promise<string[]> {
  const wanted = new Set(numbers.map(String))
  const lines: string[] = []
  if (!last) return lines
  const messages = await (await stream.consumers.get(LOG, {})).consume()
  for await (const { seq, data } of messages) {
    const { node, count, messages: some } = entryDecode(data)
    const found = some.map((message, index) => ({ ...message, index, payload: payloadOf(message) }))
      .filter(message => topicOf(message) === topic && wanted.has(message.payload))
      .map(({ payload, index, packetIdentifier }) => `${payload} at ${index} as ${packetIdentifier}`)
    if (found.length) lines.push(`entry ${seq}, of ${node} ${count}: ${found.join(', ')}`)
    if (seq >= last) break
  }
  return lines
}

/** Of groups. */
async function consumersOf (manager: JetStreamManager): Promise<string[]> {
  const lines: string[] = []
  for await (const { name, delivered, ack_floor: floor, ...info } of manager.consumers.list(LOG)) {
    if (!name.startsWith('group_')) continue
    lines.push(`consumer ${name}: delivered ${delivered.stream_seq}, acknowledged to ${floor.stream_seq}, ${
      info.num_ack_pending} open, ${info.num_redelivered} again, ${info.num_pending} to come, ${
      info.num_waiting} asked for, leader ${info.cluster?.leader}`)
  }
  return lines
}

const sessionLine = ({ client, node, epoch, isConnected, cursor, queue }: SessionState): string =>
  `session ${client}: at ${node}, epoch ${epoch}, ${isConnected ? '' : 'not '}connected, cursor ${cursor}, owed ${
    queue.map(({ place, marks }) => `${place?.join('/') ?? 'besides'}${marks ? ` (${marks})` : ''}`).join(', ')}`

async function keysOf (kvm: Kvm, bucket: string, line: (bytes: Uint8Array) => string): Promise<string[]> {
  const store = await kvm.open(`midge_${bucket}`, { allow_direct: false })
  const lines: string[] = []
  for await (const key of await store.keys()) {
    const entry = await store.get(key)
    if (entry?.value.length) lines.push(line(entry.value))
  }
  return lines
}

/** What the engine knows. */
export async function whereabouts (servers: string[], missing: Missing): Promise<string> {
  const connection = await connect({ servers })
  try {
    const [stream, manager] = [jetstream(connection, { timeout: TIMEOUT_MS }), await jetstreamManager(connection)]
    const kvm = new Kvm(stream)
    const { state } = await manager.streams.info(LOG)
    return [
      `the log: ${state.first_seq} to ${state.last_seq}`,
      ...await entriesWith(stream, state.last_seq, missing), ...await consumersOf(manager),
      ...await keysOf(kvm, 'nodes', bytes => `node ${Buffer.from(bytes).toString()}`),
      ...await keysOf(kvm, 'sessions', bytes => sessionLine(stateRead(bytes))),
    ].join('\n')
  } finally {
    await connection.close()
  }
}
