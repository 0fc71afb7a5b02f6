// A core with a deliberate bug, and whether seeds notice it.

import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ROOT } from '../../scripts/lib/bundle.mjs'
import { replaceFile } from '../../scripts/lib/fresh.mjs'
import { coreBundle } from '../support/build'
import { boards, type CoreInstance } from '../support/core_instance'
import { MemoryWorld } from '../support/memory_world'
import { runSimulation, Violation } from './run_simulation'

export interface Mutation {
  name: string
  /** The core that the bug shows in; the gateway's unless told. */
  board?: 'host' | 'test'
  file: string
  from: string
  to: string
}

/** The text of a source with the bug in it. */
function mutated({ file, from, to }: Mutation): string {
  const text = readFileSync(`${ROOT}/${file}`, 'utf8')
  const places = text.split(from).length - 1
  if (places !== 1) throw new Error(`${file}: ${JSON.stringify(from)} stands there ${places} times, not once`)
  return text.replace(from, () => to)
}

async function build(mutation: Mutation | undefined, board: 'host' | 'test', number: number):
Promise<() => CoreInstance> {
  const file = fileURLToPath(new URL(`../../.cache/mutations/${number}.mjs`, import.meta.url))
  const sources: Record<string, string> = mutation ? { [mutation.file]: mutated(mutation) } : {}
  await replaceFile(file, await coreBundle(board, false, sources))
  const module = await import(/* @vite-ignore */ `${pathToFileURL(file).href}?${Date.now()}`) as
    { createCore(): CoreInstance }
  return module.createCore
}

/** The first of `seeds` seeds that notices a bug, and what it says; undefined: none does. */
export async function seedThatNotices(
  mutation: Mutation | undefined, number: number, seeds: number, hours: number,
): Promise<{ seed: number, message: string } | undefined> {
  const board = mutation?.board ?? 'host'
  const create = await build(mutation, board, number)
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      await runSimulation({
        name: board, board: boards[board], create: (of) => Promise.resolve(new MemoryWorld(board, create(), {}, of)),
      }, seed, hours)
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      return { seed, message: error.message }
    }
  }
  return undefined
}
