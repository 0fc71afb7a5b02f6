// What is done to a board in its loader, from the first byte that is written to its start.

import { STORAGE_SIZE, STORAGE_START } from './layout'
import type { Part } from './layout'
import type { FlashProgress, Programmer } from './programmer'
import { recordsEnd } from './records_file'
import { RECORD_HEADER_SIZE } from './storage_record'
import { updatePlan } from './update_plan'
import type { UpdatePlan } from './update_plan'

/** Writes everything, reads back what the board cannot start without, and starts it. */
export async function install (board: Programmer, parts: Part[], progress?: FlashProgress): Promise<void> {
  await board.write(parts, progress)
  await board.compare(parts.filter(({ name }) => name === 'bootloader' || name === 'partition table'))
  await board.start()
}

/** What the sources make for a board: the broker, and all of its extensions by their files. */
export interface Program { broker: Uint8Array, extensions: ReadonlyMap<string, Uint8Array> }

/**
 * Writes another broker and keeps the owner's files, and what the broker keeps, which is not even read. `tell` hears
 * the plan before anything is written; `reading` how much of the files has been read, 0 to 1. Answers the
 * configuration that was kept.
 */
export async function update (
  board: Programmer, { broker, extensions }: Program, tell: (plan: UpdatePlan) => void, progress?: FlashProgress,
  reading?: (fraction: number) => void,
): Promise<Record<string, unknown>> {
  const kept = recordsEnd(await board.read(STORAGE_START, RECORD_HEADER_SIZE))
  const plan = updatePlan(await board.read(STORAGE_START + kept, STORAGE_SIZE - kept, reading), broker, extensions)
  tell(plan)
  await board.write(plan.parts, progress)
  await board.start()
  return plan.configuration
}
