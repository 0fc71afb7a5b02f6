// A program: messages through a core in memory, and what V8's heap says about it. Bundled with the core and the port
// that creates nothing, and run by heap.test.ts in a process of its own: node --expose-gc bundle QOS RETAIN MESSAGES.
// Prints one line of JSON.
import { PerformanceObserver } from 'node:perf_hooks'
import { memory } from '../../src/memory'
import { brokerAccept, brokerReceive, brokerStart, brokerTick, brokerWritable } from '../../src/main'
import { connectBytes, field, packet, publishBytes, TYPE, uint16, varint } from '../support/bytes'
import { clock, publishCount, publishIdentifier, writtenSize } from './steady_port/index'

const [qos, retain, messages] = process.argv.slice(2).map(Number)
/** More than a small board's route cache holds, so that routes are found and built. */
const TOPICS = 8
const WARM_UP = 200_000
const SUBSCRIBER_LEVELS = [4, 5, 4, 5]
const FILTERS = ['home/+/state', 'home/#', '+/+/+', 'home/+/state']
const PUBLISHER_LEVELS = [4, 5]

const acknowledgement = new Uint8Array([0, 2, 0, 0])

function credit(): void {
  for (let slot = 0; slot < writtenSize.length; slot++) {
    const size = writtenSize[slot]
    if (!size) continue
    writtenSize[slot] = 0
    brokerWritable(slot, size)
  }
}

function send(slot: number, chunk: Uint8Array): void {
  brokerReceive(slot, chunk)
  credit()
}

function acknowledge(slot: number, firstByte: number, identifier: number): void {
  acknowledgement[0] = firstByte
  acknowledgement[2] = identifier >> 8
  acknowledgement[3] = identifier & 255
  send(slot, acknowledgement)
}

function connect(level: number, identifier: string): number {
  const slot = brokerAccept()
  send(slot, Uint8Array.from(connectBytes({ level, payload: field(identifier) })))
  return slot
}

function subscribe(slot: number, level: number, filter: string): void {
  const body = [...uint16(1), ...level === 5 ? varint(0) : [], ...field(filter), qos]
  send(slot, Uint8Array.from(packet(TYPE.subscribe, 2, body)))
}

/** A PUBLISH for each topic: payloads of different lengths, of 20 bytes on average. */
function publications(level: number): Uint8Array[] {
  return Array.from({ length: TOPICS }, (_, index) => Uint8Array.from(publishBytes(
    level, qos << 1 | retain, `home/room${index}/state`, qos ? 1 : undefined, [0], Array(16 + index).fill(0x30))))
}

/** Where the Packet Identifier stands in those. */
const IDENTIFIER_AT = 2 + 2 + 'home/room0/state'.length

brokerStart()
const subscribers = SUBSCRIBER_LEVELS.map((level, index) => connect(level, `subscriber${index}`))
for (const [index, slot] of subscribers.entries()) subscribe(slot, SUBSCRIBER_LEVELS[index], FILTERS[index])
const publishers = PUBLISHER_LEVELS.map((level, index) => connect(level, `publisher${index}`))
const chunks = PUBLISHER_LEVELS.map(publications)
let identifierLast = 0

/** One message, to its end. */
function publish(count: number): void {
  const slot = publishers[count & 1]
  const chunk = chunks[count & 1][(count >> 1) % TOPICS]
  if (qos) {
    identifierLast = identifierLast % 65_535 + 1
    chunk[IDENTIFIER_AT] = identifierLast >> 8
    chunk[IDENTIFIER_AT + 1] = identifierLast & 255
  }
  send(slot, chunk)
  if (qos === 2) acknowledge(slot, 0x62, identifierLast)
  if (qos) for (let index = 0; index < subscribers.length; index++) receive(subscribers[index])
}

/** PUBACK, or PUBREC and PUBCOMP. */
function receive(slot: number): void {
  const identifier = publishIdentifier[slot]
  acknowledge(slot, qos === 1 ? 0x40 : 0x50, identifier)
  if (qos === 2) acknowledge(slot, 0x70, identifier)
}

function run(count: number): void {
  for (let index = 0; index < count; index++) {
    if (index % 1_024 === 0) brokerTick(++clock[0])
    publish(index)
  }
}

const delivered = (): number => publishCount.reduce((sum, count) => sum + count, 0)

let collections = 0
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length
})

run(WARM_UP)
globalThis.gc!()
const deliveredBefore = delivered()
const memoryBefore = memory.length
await new Promise((resolve) => setTimeout(resolve, 50))
observer.observe({ entryTypes: ['gc'] })
const usageBefore = process.memoryUsage()
run(messages)
const usageAfter = process.memoryUsage()
await new Promise((resolve) => setTimeout(resolve, 50))
const collectionsInRun = collections
globalThis.gc!()
const usageKept = process.memoryUsage()
console.log(JSON.stringify({
  delivered: delivered() - deliveredBefore,
  collections: collectionsInRun,
  allocated: usageAfter.heapUsed - usageBefore.heapUsed,
  kept: usageKept.heapUsed - usageBefore.heapUsed,
  arrays: usageKept.arrayBuffers - usageBefore.arrayBuffers,
  memory: memory.length - memoryBefore,
}))
