// A program: messages through a core in memory, and what V8's heap says about it. Bundled with the core and the port
// that creates nothing, and run by heap.test.ts in a process of its own: node --expose-gc bundle PLAN. PLAN is the JSON
// of a Plan; the answer is one line of JSON.
import { PerformanceObserver } from 'node:perf_hooks'
import { memory } from '../../src/memory'
import { brokerAccept, brokerReceive, brokerStart, brokerTick, brokerWritable } from '../../src/main'
import type { Plan } from './plan'
import { clock, publishCount, publishIdentifier, writtenSize } from './steady_port/index'

const WARM_UP = 200_000

const plan = JSON.parse(process.argv[2]) as Plan
const { qos, messages, identifierAt } = plan
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

/** A client's slot, after its first packets. */
function open(packets: number[][]): number {
  const slot = brokerAccept()
  for (const packet of packets) send(slot, Uint8Array.from(packet))
  return slot
}

brokerStart()
const subscribers = plan.subscribers.map(open)
const publishers = plan.publishers.map(({ packets }) => open(packets))
const chunks = plan.publishers.map(({ publications }) => publications.map((bytes) => Uint8Array.from(bytes)))
let identifierLast = 0

/** One message, to its end. */
function publish(count: number): void {
  const slot = publishers[count & 1]
  const topics = chunks[count & 1]
  const chunk = topics[(count >> 1) % topics.length]
  if (qos) {
    identifierLast = identifierLast % 65_535 + 1
    chunk[identifierAt] = identifierLast >> 8
    chunk[identifierAt + 1] = identifierLast & 255
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
