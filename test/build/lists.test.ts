// The lists by which the build is told of single functions: an entry that means nothing, or two things, ends the build.
import { beforeAll, describe, expect, it } from 'vitest'
import { boardNames, loadBoard } from '../../scripts/lib/board.mjs'
import { bundleFor } from '../../scripts/build/edition.mjs'
import { LISTS } from '../../scripts/build/lists/index.mjs'
import { entriesOf, ListError, readLists } from '../../scripts/build/names.mjs'
import type { Declaration, ListName, Lists } from '../../scripts/build/types'

const declaration = (name: string, file: string, chunkName: string | null, isFunction = true): Declaration =>
  ({ name, file, chunkName, isFunction })

const DECLARED = [
  declaration('find', 'src/store/rows.ts', 'find'),
  declaration('mark', 'src/store/pool.ts', 'mark'),
  declaration('mark', 'src/store/walk.ts', 'mark$1'),
  declaration('memory', 'src/memory.ts', 'memory', false),
  declaration('gone', 'src/feature/gone.ts', null),
]
const ELSEWHERE = [declaration('laneTurn', 'src/port/espruino/lane_send.ts', null)]

const read = (lists: Partial<Lists>): ReturnType<typeof readLists> => {
  const none: Lists = {
    hot: [], cold: [], hosts: [], apart: [], dotted: [], makers: {}, counts: {}, pureMakers: [],
    pureReaders: [], constructors: [],
  }
  return readLists(DECLARED, () => ELSEWHERE, { ...none, ...lists })
}

describe('an entry of a list', () => {
  it('is the name that the bundle has', () => {
    const { names } = read({
      hot: ['mark of walk', '.length', 'find', 'memory', 'mark of store/pool'], cold: ['find', 'mark of walk'],
      makers: { find: ['Int8Array', 0] },
    })
    expect(names.hot).toEqual(['mark$1', 'length$name', 'find', 'memory', 'mark'])
    expect(names.cold).toEqual(['find', 'mark$1'])
    expect(names.makers).toEqual({ find: ['Int8Array', 0] })
  })

  it('may be of a file, or of what the board leaves out, that this bundle has not', () => {
    expect(read({ dotted: ['laneTurn', 'find', 'gone'] }).names.dotted).toEqual(['find'])
  })

  it.each<[string, Partial<Lists>, string[]]>([
    ['is unknown', { hot: ['find', 'fnid'] }, ['list hot', "'fnid'", 'no file']],
    ['is of a file that does not declare it', { apart: ['find of pool'] }, ['list apart', "'find of pool'", 'no file']],
    ['is ambiguous', { cold: ['find', 'mark'] }, ['list cold', "'mark'", 'ambiguous', 'src/store/walk.ts']],
    ['stands there twice', { cold: ['find', 'find'] }, ['list cold', "'find'", 'twice']],
    ['means what another does', { hot: ['find', 'find of rows'] }, ['list hot', "'find of rows'", "'find'"]],
    ['is no function', { hosts: ['memory'] }, ['list hosts', "'memory'", 'no function']],
    ['is no constructor of tables', { constructors: ['Int12Array'] }, ['list constructors', "'Int12Array'"]],
  ])('is an error that names both where it %s', (_, lists, words) => {
    expect(() => read(lists)).toThrow(ListError)
    for (const word of words) expect(() => read(lists)).toThrow(word)
  })

  it('is used where a pass says so', () => {
    const { use, used } = read({ cold: ['find', 'mark of walk'], pureReaders: ['find', 'gone'] })
    use('cold', 'mark$1')
    expect([...used.get('cold')!]).toEqual(['mark of walk'])
    expect([...used.get('pureReaders')!]).toEqual(['find'])
  })
})

describe('the lists', () => {
  const used = new Map<string, Set<string>>()
  beforeAll(async () => {
    for (const board of boardNames()) {
      if ((await loadBoard(board)).RUNTIME !== 'espruino') continue
      for (const [list, entries] of Object.entries((await bundleFor(board)).used)) {
        used.set(list, new Set([...used.get(list) ?? [], ...entries]))
      }
    }
  })

  it.each(Object.keys(LISTS) as ListName[])('has in %s only what some board\'s bundle uses', (list) => {
    expect(entriesOf(LISTS[list]).filter(entry => !used.get(list)?.has(entry))).toEqual([])
  })
})
