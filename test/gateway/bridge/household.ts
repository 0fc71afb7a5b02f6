// What tests of bridges have in common.
import type { BridgeEvent, BridgeOptions, Broker, BrokerOptions } from '../../../src/port/node/library/api'
import { brokerMake, brokersEnd, folderMake } from '../library'
import { linesEnd } from './flaky_line'
import { standInsEnd } from './stand_in'

export interface Bridged {
  broker: Broker
  port: number
  url: string
  /** What the bridges have said. */
  events: BridgeEvent[]
}

/** A bridge that tries again soon. */
export const bridgeTo = (port: number, options: Partial<BridgeOptions> = {}): BridgeOptions => ({
  name: 'up', addresses: [{ host: '127.0.0.1', port }], restartTimeout: 0.05, notifications: false,
  topics: [{ pattern: '#', direction: 'both', qos: 2 }], ...options,
})

/** A broker with bridges; `isKept`: it keeps what it acknowledges. */
export async function bridged (
  bridges: BridgeOptions[], isKept = false, limits?: BrokerOptions['limits'],
): Promise<Bridged> {
  const persistence = isKept ? { location: `${folderMake()}/midge.db` } : undefined
  const events: BridgeEvent[] = []
  const broker = await brokerMake(
    { bridges, persistence, limits }, made => made.on('bridge', event => events.push(event)))
  const port = await broker.listen({ port: 0 })
  return { broker, port, url: `mqtt://127.0.0.1:${port}`, events }
}

export const isUp = ({ broker }: Bridged): boolean => broker.bridges().every(({ isConnected }) => isConnected)

export async function householdEnd (): Promise<void> {
  await brokersEnd()
  await linesEnd()
  await standInsEnd()
}

export interface Heard { topic: string, text: string, qos: number, retain: boolean }

/** Subscribes and answers what comes, in order. */
export async function hear (broker: Broker, filter: string): Promise<Heard[]> {
  const heard: Heard[] = []
  await broker.subscribe(filter, ({ topic, payload, qos, retain }) =>
    heard.push({ topic, text: Buffer.from(payload).toString(), qos, retain }), { qos: 2 })
  return heard
}

export const wait = (ms: number): Promise<void> => new Promise(resolve => { setTimeout(resolve, ms) })

export const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => String(from + i))
