// What a broker in Node allocates for a message: the sum of what V8's collector freed, which --trace-gc prints.
import { measureThroughput } from './throughput.mjs'

export const HEAP_NODE_OPTIONS = ['--trace-gc']
const COLLECTION = /ms: \S+(?: \([^)]*\))? ([\d.]+) \([\d.]+\) -> ([\d.]+) \([\d.]+\) MB/g

/** Bytes that the collections in the output have freed. */
export function freedSize (output) {
  let size = 0
  for (const [, before, after] of output.matchAll(COLLECTION)) size += (Number(before) - Number(after)) * 1e6
  return size
}

/** Runs a row until a million messages have passed in all; answers { perMessage, resident }, bytes. */
export async function measureHeap (row, broker, messageCount) {
  // What is compiled and grown at the beginning is not a message's.
  await measureThroughput(row, broker, 1)
  const before = freedSize(broker.output())
  let passed = 0
  let resident = 0
  while (passed < messageCount) {
    const result = await measureThroughput(row, broker, 1)
    passed += result.total
    resident = result.resident
  }
  return { perMessage: (freedSize(broker.output()) - before) / passed, resident, count: passed }
}
