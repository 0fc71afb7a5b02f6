// What the entries of scripts/build/lists mean in a bundle. Rollup puts a number behind a name that two files declare;
// an entry that could mean either says which: `heads of route_cache`.
import { LISTS } from './lists/index.mjs'
import { propertyName } from './passes/share.mjs'

/** @typedef {import('./types').Declaration} Declaration */
/** @typedef {import('./types').Lists} Lists */
/** @typedef {import('./types').ListName} ListName */

/** Lists of functions; the others may name variables too. @type {ListName[]} */
const OF_FUNCTIONS = ['cold', 'hosts', 'apart', 'dotted', 'makers', 'counts', 'pureMakers', 'pureReaders']

/** Lists of which no pass can tell what it has used: that the bundle has the name is its use. @type {ListName[]} */
const USED_BY_BEING = ['makers', 'counts', 'pureMakers', 'pureReaders']

/** What is wrong with an entry of a list. */
export class ListError extends Error {
  /**
   * @param {ListName} list
   * @param {string} entry
   * @param {string} problem
   */
  constructor (list, entry, problem) {
    super(`list ${list} of scripts/build/lists: '${entry}' ${problem}`)
  }
}

/**
 * The entries of a list in one row.
 * @param {Lists[ListName]} list
 * @returns {string[]}
 */
export const entriesOf = list => Array.isArray(list) ? list.flat() : Object.keys(list)

/** Whether the engine's own: a constructor of typed arrays. @param {string} name */
const isTable = name => /^(Ui|I)nt(8|16|32)Array$|^Uint8ClampedArray$|^Float(32|64)Array$/.test(name)

/**
 * What an entry means: the name in the bundle, or null where this bundle lacks it.
 * @param {ListName} list
 * @param {string} entry
 * @param {Declaration[]} declared
 * @param {() => Declaration[]} declaredElsewhere
 * @returns {string | null}
 */
function meaningOf (list, entry, declared, declaredElsewhere) {
  if (entry.startsWith('.')) return propertyName(entry.slice(1))
  if (list === 'constructors') {
    if (!isTable(entry)) throw new ListError(list, entry, 'is no constructor of tables')
    return entry
  }
  const [name, file] = entry.split(' of ')
  const isMeant = (/** @type {Declaration} */ other) =>
    other.name === name && (!file || `/${other.file}`.endsWith(`/${file}.ts`))
  const here = declared.filter(isMeant)
  const found = here.length > 0 ? here : declaredElsewhere().filter(isMeant).slice(0, 1)
  if (found.length === 0) throw new ListError(list, entry, 'is declared at the top level of no file of src')
  if (found.length > 1) {
    const files = found.map(other => other.file).join(', ')
    throw new ListError(list, entry, `is ambiguous, say which: '${name} of <file>'; ${files} declare it`)
  }
  if (OF_FUNCTIONS.includes(list) && !found[0].isFunction) throw new ListError(list, entry, 'is no function')
  return found[0].chunkName
}

/**
 * The entries of a list by the names that the bundle has for them.
 * @param {ListName} list
 * @param {string[]} entries
 * @param {Declaration[]} declared
 * @param {() => Declaration[]} declaredElsewhere
 */
function readEntries (list, entries, declared, declaredElsewhere) {
  /** @type {Map<string, string>} */
  const found = new Map()
  const seen = new Set()
  for (const entry of entries) {
    if (seen.has(entry)) throw new ListError(list, entry, 'stands there twice')
    seen.add(entry)
    const name = meaningOf(list, entry, declared, declaredElsewhere)
    if (name === null) continue
    if (found.has(name)) throw new ListError(list, entry, `means what '${found.get(name)}' does`)
    found.set(name, entry)
  }
  return found
}

/**
 * A record with the names that the bundle has.
 * @template T
 * @param {Map<string, string>} entries
 * @param {Record<string, T>} record
 */
const recordOf = (entries, record) => Object.fromEntries([...entries].map(([name, entry]) => [name, record[entry]]))

/**
 * The lists as this bundle has them; `use` is told what a pass has used, `used` has the entries. Throws a ListError for
 * an entry that means nothing, or more than one thing, or what another entry means.
 * @param {Declaration[]} declared  by the files of the bundle
 * @param {() => Declaration[]} declaredElsewhere  by the other files of src
 * @param {Lists} lists
 */
export function readLists (declared, declaredElsewhere, lists = LISTS) {
  const keys = /** @type {ListName[]} */ (Object.keys(lists))
  const read = new Map(keys.map(list =>
    [list, readEntries(list, entriesOf(lists[list]), declared, declaredElsewhere)]))
  const entriesIn = (/** @type {ListName} */ list) => read.get(list) ?? new Map()
  const namesOf = (/** @type {ListName} */ list) => [...entriesIn(list).keys()]
  /** @type {import('./types').Names} */
  const names = {
    hot: namesOf('hot'), cold: namesOf('cold'), hosts: namesOf('hosts'), apart: namesOf('apart'),
    dotted: namesOf('dotted'), makers: recordOf(entriesIn('makers'), lists.makers),
    counts: recordOf(entriesIn('counts'), lists.counts), pureMakers: namesOf('pureMakers'),
    pureReaders: namesOf('pureReaders'), constructors: namesOf('constructors'),
  }
  const used = new Map(keys.map(list =>
    [list, new Set(USED_BY_BEING.includes(list) ? entriesIn(list).values() : [])]))
  const use = (/** @type {ListName} */ list, /** @type {string} */ name) => {
    const entry = entriesIn(list).get(name)
    if (entry) used.get(list)?.add(entry)
  }
  return { names, use, used }
}
