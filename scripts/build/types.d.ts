// What the passes of a build hand to each other.

/** A node of acorn's tree: what else it has depends on its type. Its place is in the text that was parsed. */
export interface Node {
  type: string
  start: number
  end: number
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  [key: string]: any
}

/** What stands in place of a range of a text; with `start` and `end` the same it is put in between. */
export interface Edit { start: number, end: number, text: string }

/** What a bundle is to be. */
export interface Settings {
  /** The board's ECMA_VERSION: 5 is an interpreter's, which reads names and text anew at each run. */
  ecmaVersion: number
  format: 'script' | 'extension' | 'module' | 'factory'
  minify: boolean
  /** The function that a factory exports. */
  factoryName: string
  /**
   * Whether memory counts more than text: what only the start needs goes as soon as nothing needs it any more, not at
   * its end, and variables with it.
   */
  memoryFirst?: boolean
  /** Whether words and operators become the engine's own bytes. */
  tokens: boolean
}

/** The lists of scripts/build/lists: names of the sources. */
export interface Lists {
  hot: string[]
  cold: string[]
  hosts: string[]
  apart: string[]
  dotted: string[]
  makers: Record<string, [type: string, fill: number]>
  counts: Record<string, (rows: number) => number>
  pureMakers: string[]
  pureReaders: string[]
  constructors: string[]
}

export type ListName = keyof Lists

/** The same with the names that a bundle has; what it lacks is left out. */
export type Names = Lists

/** What a pass knows besides the text. */
export interface Context {
  settings: Settings
  names: Names
  /** Says that a pass has done something for a name of a list. */
  use (list: ListName, name: string): void
  /** By the sources' name: the short name that a pass gave. */
  short?: Record<string, string>
  /** Whether functions were taken out of memory: their parameters have names of their own. */
  hasCold?: boolean
  /** The text before its words became bytes. */
  text?: string
}

/** A top-level name of the sources; `chunkName` is what the bundle calls it, null where the bundle lacks it. */
export interface Declaration { name: string, file: string, isFunction: boolean, chunkName: string | null }

/** A step of the build. */
export interface Pass {
  name: string
  /** Why it stands where it stands. */
  why: string
  /** Which bundles it is for. */
  when: (settings: Settings) => boolean
  run: (chunk: import('./chunk.mjs').Chunk, context: Context) => string | Promise<string>
  /** Whether a bundle does the same without it. */
  isOptional?: boolean
}

/** What a pass did: the size of the text behind it; and it is the how manieth of how many. */
export interface Step { name: string, size: number, number: number, count: number }

/** What a bundle is made of, and what it is to be. */
export interface BundleOptions {
  /** The file it starts from; src/main.ts unless told. */
  entry?: string
  /** The module behind the alias `runtime`; the board's own port unless told. */
  runtime?: string
  /** Names of imports that stay imports, under another name: { from: to }. */
  externals?: Record<string, string>
  /** Constants set over the board's own, for tests. */
  overrides?: Record<string, unknown>
  /** Texts that stand in for files, by the file's path in the repository; for mutations. */
  sources?: Record<string, string>
  /**
   * 'script' is what Espruino runs: exports are dropped, the bundle's top level is the global or module scope;
   * 'extension' is a script that is run as the body of a function (src/hub/extension.d.ts); 'module'
   * is an ES module; 'factory' is an ES module with one function, `factoryName`, whose every call answers a new
   * instance's exports.
   */
  format: Settings['format']
  minify: boolean
  factoryName?: string
  /** Whether words and operators become the engine's bytes. */
  tokens?: boolean
  /** Of an extension (lists/extensions.mjs): functions that hold what only they need, and that memory has not. */
  lists?: Pick<Lists, 'hosts' | 'cold'>
}

/** A finished bundle. */
export interface Bundle {
  /** Its text, or bytes as a text of characters below 256. */
  code: string
  /** What it was before its words became bytes. */
  text?: string
  /** The short names by those of the sources, where an interpreter's bundle is minified. */
  names?: Record<string, string>
  /** By list of scripts/build/lists: the entries that did something. */
  used: Record<string, string[]>
}
