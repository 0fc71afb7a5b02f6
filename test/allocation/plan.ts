// What heap.test.ts tells steady_run.ts to do: clients of both protocol versions, and their packets as bytes.
import { connectBytes, field, packet, publishBytes, TYPE, uint16, varint } from '../support/bytes'

/** More than a small board's route cache holds, so that routes are found and built. */
const TOPICS = 8
const SUBSCRIBERS = [
  { level: 4, filter: 'home/+/state' }, { level: 5, filter: 'home/#' },
  { level: 4, filter: '+/+/+' }, { level: 5, filter: 'home/+/state' },
]
/** Two of them, who take turns. */
const PUBLISHER_LEVELS = [4, 5]

export interface Plan {
  qos: number
  messages: number
  /** What each subscriber sends at the start. */
  subscribers: number[][][]
  /** What each publisher sends at the start, and its PUBLISH packets. */
  publishers: { packets: number[][], publications: number[][] }[]
  /** Where the Packet Identifier stands in those. */
  identifierAt: number
}

const connectOf = (level: number, name: string): number[] => connectBytes({ level, payload: field(name) })

function subscribeOf(level: number, filter: string, qos: number): number[] {
  return packet(TYPE.subscribe, 2, uint16(1), level === 5 ? varint(0) : [], field(filter), [qos])
}

/** A PUBLISH for each topic: payloads of different lengths, of 20 bytes on average. */
function publicationsOf(level: number, qos: number, retain: number): number[][] {
  const identifier = qos ? 1 : undefined
  return Array.from({ length: TOPICS }, (_, index) => publishBytes(
    level, qos << 1 | retain, `home/room${index}/state`, identifier, [0], Array<number>(16 + index).fill(0x30)))
}

export function planFor(qos: number, retain: number, messages: number): Plan {
  return {
    qos,
    messages,
    subscribers: SUBSCRIBERS.map(({ level, filter }, index) =>
      [connectOf(level, `subscriber${index}`), subscribeOf(level, filter, qos)]),
    publishers: PUBLISHER_LEVELS.map((level, index) =>
      ({ packets: [connectOf(level, `publisher${index}`)], publications: publicationsOf(level, qos, retain) })),
    identifierAt: 2 + 2 + 'home/room0/state'.length,
  }
}

/** Every one of them gets every message. */
export const subscriberCount = SUBSCRIBERS.length
