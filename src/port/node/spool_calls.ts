// What the core asks of the spool; see ../port.ts for what each function promises.
import { memory } from '../../memory'
import type { Offset, Slot } from '../../kinds'
import type { Chunk } from '../port'
import { numberAt, spool } from './spool_seam'
import { linkOf } from './transmit'

export function portSpoolBegin(
  slot: Slot, size: number, start: Offset, here: number, isToLast: boolean, mayWait: boolean,
): boolean {
  const number = spool!.begin(linkOf(slot)!, size, memory.subarray(start, start + here), isToLast, mayWait)
  if (number) memory.set(number, start)
  return number !== null
}

export function portSpoolTake(slot: Slot, chunk: Chunk, from: number, size: number): void {
  spool!.take(linkOf(slot)!, (chunk as Uint8Array).subarray(from, from + size))
}

export function portSpoolEnd(slot: Slot): void {
  spool!.end(linkOf(slot)!)
}

export function portSpoolHold(start: Offset): void {
  spool!.hold(numberAt(start))
}

export function portSpoolRelease(start: Offset): void {
  spool?.release(numberAt(start))
}

export function portSpoolRestore(start: Offset, size: number): boolean {
  return spool?.restore(numberAt(start), size) ?? false
}
