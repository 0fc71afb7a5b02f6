// The packets of a run of PUBLISH packets: those behind one that was handled that have its first byte and its Topic
// Name, and no properties.
//
// Memory: RUN_MAX x 8 bytes.
import { portEqual } from 'runtime'
import { FEATURE_RUNS } from '../limits'
import { memory } from '../memory'
import type { Column, Offset } from '../kinds'

/** The longest run; what follows is the next one's. */
export const RUN_MAX = 1_024
const ROWS = FEATURE_RUNS ? RUN_MAX : 0
const DUP_AND_RETAIN = 9
const DOLLAR = 0x24

/** By packet: where what stands behind its Topic Name starts, and where it ends. */
export const runTail: Column<number, Offset> = new Int32Array(ROWS)
export const runEnd: Column<number, Offset> = new Int32Array(ROWS)

// Life: until the next runBegin, at most to the end of the call into the core.
export let runQos = 0
/** Bytes between a Topic Name and the payload: a Packet Identifier, and the length of no properties. */
export let runHeadSize = 0
/** Bytes of the Topic Name. */
export let runTopicSize = 0
/** Bytes of the payloads that runFind has found last. */
export let runPayloadSize = 0
let first = 0
/** Where the Topic Name with its length lies, in the packet that was handled. */
let nameStart: Offset = 0

/** The packet handled last was a PUBLISH, and was published. */
export let runIsPublished = false

/** A packet has come, of which nobody knows yet, or it was a PUBLISH that was published. */
export function runPublishedSet(isPublished: boolean): void {
  runIsPublished = isPublished
}

/**
 * Reads the head of a PUBLISH that was handled. False: there is no run of such packets, as the one that starts at
 * `next` is of another topic, or otherwise.
 */
export function runBegin(start: Offset, next: Offset, hasProperties: boolean): boolean {
  first = memory[start]
  if (first & DUP_AND_RETAIN) return false
  nameStart = nameOf(start)
  runTopicSize = memory[nameStart] << 8 | memory[nameStart + 1]
  if (!portEqual(nameOf(next), nameStart, runTopicSize + 2)) return false
  runQos = first >> 1 & 3
  runHeadSize = (runQos ? 2 : 0) + (hasProperties ? 1 : 0)
  // One without a topic has an alias, and what begins with $ has rules of its own.
  return runTopicSize > 0 && memory[nameStart + 2] !== DOLLAR
}

/** Where the Topic Name of the PUBLISH that starts there lies, with its length; of one below 16,384 bytes. */
function nameOf(start: Offset): Offset {
  return start + (memory[start + 1] > 127 ? 3 : 2)
}

/**
 * Finds the packets from `start` on that are of the run, at most `countMax` that end before `end`, none larger than
 * `sizeMax`, or with a payload over `payloadMax` bytes. Answers how many.
 */
export function runFind(start: Offset, end: Offset, countMax: number, sizeMax: number, payloadMax: number): number {
  const nameSize = runTopicSize + 2
  let count = 0
  runPayloadSize = 0
  while (count < countMax && end - start > nameSize + runHeadSize && memory[start] === first) {
    let at = start + 1
    let size = memory[at++]
    // A Remaining Length of three bytes and more is no run's.
    if (size > 127) size = size & 127 | memory[at++] << 7
    const next = at + size
    const tail = at + nameSize
    const payload = tail + runHeadSize
    if (memory[at - 1] > 127 || !memory[at - 1] || next > end || payload > next || next - start > sizeMax
      || next - payload > payloadMax || !portEqual(at, nameStart, nameSize) || !headIsPlain(tail, payload)) break
    runTail[count] = tail
    runEnd[count++] = next
    runPayloadSize += next - payload
    start = next
  }
  return count
}

/** Whether there is a Packet Identifier where there must be one, and no property. [MQTT-2.2.1-3] */
function headIsPlain(tail: Offset, payload: Offset): boolean {
  if (runQos && !(memory[tail] | memory[tail + 1])) return false
  return !(runHeadSize & 1) || !memory[payload - 1]
}

/** One of the packets that runFind has found is not of the run after all. */
export function runForget(packet: number): void {
  runPayloadSize -= runEnd[packet] - runTail[packet] - runHeadSize
}
