// A core with a deliberate bug, and whether seeds notice it.

import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ROOT } from '../../scripts/lib/root.mjs'
import { bundleBoard } from '../../scripts/build/bundle.mjs'
import { bundleFor } from '../../scripts/build/edition.mjs'
import type { BundleOptions } from '../../scripts/build/types'
import { replaceFile } from '../../scripts/lib/fresh.mjs'
import { coreBundle } from '../support/core_build'
import { boards, type CoreInstance } from '../support/core_instance'
import { checkScene, SCENES } from '../board/kept_scenes'
import { checkTables, TABLES_SEEDS_IN_CI, TABLES_WORDS_IN_CI } from '../board/kept_tables'
import { checkCuts, CUT_SEEDS_IN_CI, type Start } from '../records/cuts'
import { MemoryWorld } from '../support/memory_world'
import type { Configuration, World } from '../support/world'
import { STORE_SEED_IN_CI } from '../port/espruino/records_flash'
import { boardEdition } from './board_edition'
import { fuzz } from './fuzz'
import { FUZZ_SEEDS_IN_CI, STEPS_IN_CI } from './fuzz_seeds'
import { runSimulation, Violation, type Edition } from './run_simulation'

export interface Mutation {
  name: string
  /** The core that the bug shows in, or the board; the gateway's core unless told. */
  board?: 'host' | 'test' | 'esp32'
  /** Homes send nothing that shows it; two senders of whatever bytes do. */
  isFuzz?: boolean
  /** Power cuts show it: test/records/cuts.ts. */
  isOfRecords?: boolean
  /** It is one of the tables that a board keeps: test/board/kept_tables.ts. */
  isOfTables?: boolean
  /** It is one of a board's record store: test/port/espruino/records_cuts.ts. */
  isOfStore?: boolean
  file: string
  from: string
  to: string
}

/** The text of a source with the bug in it. */
export function mutated({ file, from, to }: Mutation): string {
  const text = readFileSync(`${ROOT}/${file}`, 'utf8')
  const places = text.split(from).length - 1
  if (places !== 1) throw new Error(`${file}: ${JSON.stringify(from)} stands there ${places} times, not once`)
  return text.replace(from, () => to)
}

const sourcesOf = (mutation: Mutation | undefined): Record<string, string> =>
  mutation ? { [mutation.file]: mutated(mutation) } : {}

interface Noticed { seed: number, message: string }

/** What makes cores of a board with other sources. */
async function coreWith(sources: Record<string, string>, board: string, number: number): Promise<() => CoreInstance> {
  const file = fileURLToPath(new URL(`../../.cache/mutations/${number}.mjs`, import.meta.url))
  await replaceFile(file, await coreBundle(board, false, sources))
  const { createCore } = await import(/* @vite-ignore */ `${pathToFileURL(file).href}?${Date.now()}`) as
    { createCore(): CoreInstance }
  return createCore
}

async function coreEdition(board: 'host' | 'test', sources: Record<string, string>, number: number): Promise<Edition> {
  const createCore = await coreWith(sources, board, number)
  const create = (seed: number, configuration: Configuration): Promise<World> =>
    Promise.resolve(new MemoryWorld(board, createCore(), configuration, seed))
  return { name: board, board: boards[board], create }
}

/** Cuts the power of homes with a core that has a bug. */
async function cutsThatNotice(mutation: Mutation, number: number): Promise<Noticed | undefined> {
  const createCore = await coreWith({ [mutation.file]: mutated(mutation) }, 'test', number)
  const start: Start = (records, seed) => Promise.resolve(new MemoryWorld('test', createCore(), {}, seed, records))
  for (const seed of CUT_SEEDS_IN_CI) {
    try {
      await checkCuts(start, false, seed)
    } catch (error) {
      return { seed, message: (error as Error).message }
    }
  }
  return undefined
}

/** A module for this computer, with room for the largest record in memory. */
const storeAlone = (sources: Record<string, string>): BundleOptions => ({
  entry: 'test/port/espruino/records_cuts.ts', runtime: 'test/support/memory_port/index.ts', format: 'module',
  minify: false, overrides: { ECMA_VERSION: 2020, TABLES_FIT: false, POOL_BLOCKS_MAX: 320 }, sources,
})

/** Has a board's record store alone, with a bug if there is one, over a flash that fails. */
export async function faultsThatNotice(mutation: Mutation | undefined, number: number): Promise<Noticed | undefined> {
  const { code } = await bundleBoard('esp32', storeAlone(sourcesOf(mutation)))
  const file = fileURLToPath(new URL(`../../.cache/mutations/${number}.mjs`, import.meta.url))
  await replaceFile(file, Buffer.from(code))
  const { checkStore } = await import(/* @vite-ignore */ `${pathToFileURL(file).href}?${Date.now()}`) as
    { checkStore(seed: number): void }
  try {
    checkStore(STORE_SEED_IN_CI)
    return undefined
  } catch (error) {
    return { seed: STORE_SEED_IN_CI, message: (error as Error).message }
  }
}

/** Has a board with a bug keep its tables. */
async function tablesThatNotice(mutation: Mutation): Promise<Noticed | undefined> {
  const { code } = await bundleFor('esp32', {}, sourcesOf(mutation))
  try {
    for (const scene of SCENES) await checkScene(scene, code)
  } catch (error) {
    return { seed: 0, message: (error as Error).message }
  }
  for (const seed of TABLES_SEEDS_IN_CI) {
    try {
      await checkTables(seed, TABLES_WORDS_IN_CI, code)
    } catch (error) {
      return { seed, message: (error as Error).message }
    }
  }
  return undefined
}

/** The broker with a bug. */
async function editionOf(mutation: Mutation | undefined, number: number): Promise<Edition> {
  const sources = sourcesOf(mutation)
  const board = mutation?.board ?? 'host'
  if (board !== 'esp32') return coreEdition(board, sources, number)
  const { code } = await bundleFor('esp32', {}, sources)
  return boardEdition({ '.bootcde': code })
}

/** The first of the seeds that notices a bug, and what it says; undefined: none does. */
export async function seedThatNotices(
  mutation: Mutation | undefined, number: number, seeds: number[], hours: number,
): Promise<Noticed | undefined> {
  if (mutation?.isOfRecords) return cutsThatNotice(mutation, number)
  if (mutation?.isOfTables) return tablesThatNotice(mutation)
  if (mutation?.isOfStore) return faultsThatNotice(mutation, number)
  const edition = await editionOf(mutation, number)
  for (const seed of mutation?.isFuzz ? FUZZ_SEEDS_IN_CI : seeds) {
    try {
      if (mutation?.isFuzz) await fuzz(edition, seed, STEPS_IN_CI)
      else await runSimulation(edition, seed, hours)
    } catch (error) {
      if (!mutation?.isFuzz && !(error instanceof Violation)) throw error
      return { seed, message: (error as Error).message }
    }
  }
  return undefined
}
