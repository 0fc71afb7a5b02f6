// One pass of the build alone.
import { Chunk } from '../../scripts/build/chunk.mjs'
import { LISTS } from '../../scripts/build/lists/index.mjs'
import type { Context, Names, Pass } from '../../scripts/build/types'

const NONE: Names = {
  hot: [], cold: [], hosts: [], apart: [], dotted: [], makers: {}, counts: {}, pureMakers: [],
  pureReaders: [], constructors: [],
}

/** What a pass knows of a chunk in which every name is as in the lists. */
export const contextOf = (names: Partial<Names> = {}): Context => ({
  settings: { ecmaVersion: 5, format: 'script', minify: true, factoryName: 'create', tokens: false },
  names: { ...NONE, makers: LISTS.makers, counts: LISTS.counts, ...names },
  use: () => undefined,
})

/** The text that a pass makes of a text. */
export const runPass = (run: Pass['run'], code: string, names: Partial<Names> = {}): string =>
  run(new Chunk(code), contextOf(names)) as string
