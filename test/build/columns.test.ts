// Columns that share an array must hold what they held, and the core must stay within its columns: beyond the end of
// one is another one.
import { describe, expect, it } from 'vitest'
import { joinColumns } from '../../scripts/build/passes/columns.mjs'
import { runSimulation } from '../simulation/run_simulation'
import { coreBundle } from '../support/core_build'
import { boards, type CoreInstance } from '../support/core_instance'
import { MemoryRecords } from '../support/memory_records'
import { MemoryWorld } from '../support/memory_world'
import type { Configuration } from '../support/world'
import { runPass } from './run_pass'
import { runProgram } from './run_program'

const MAKERS = `
  function newRows(count) { return new Int16Array(count); }
  function newLinks(count) { return newRows(count).fill(-1); }
  function newShortRows(count) { return new Int8Array(count); }
  function newShortLinks(count) { return newShortRows(count).fill(-1); }
  function newOffsets(count) { return new Uint16Array(count); }
  function rowsAtStart(rows) { return rows; }
  function headsFor(rows) { var heads = 1; while (heads < rows) heads *= 2; return heads; }`

const programs: Record<string, string> = {
  'columns of links and of numbers': `
    var ROWS = rowsAtStart(3), next = newShortLinks(ROWS), count = newShortRows(ROWS), other = newShortRows(2);
    next[1] = 2; count[0] += 5; other[1]--; count[next[1]]++;
    var result = [next[0], next[1], count[0], count[1], count[2], other[0], other[1]].join();`,
  'an index of every kind': `
    var first = newRows(4), second = newRows(4), third = newLinks(4), at = 0;
    function row() { return at; }
    second[at++] = 7; second[at & 1 | 2] = 8; second[at ? 1 : 2] = 9; second[row() - 1] += third[3];
    var result = [second[0], second[1], second[2], second[3], first[at], third[at, 2], at].join();`,
  'a column that is more than its rows': `
    var whole = newOffsets(2), part = newOffsets(2), rest = newOffsets(headsFor(3));
    function size(list) { return list.length; }
    part[1] = 3; rest[3] = 4;
    var result = [size(whole), part[0], part[1], rest[3], rest[4]].join();`,
  'a column that others import': `
    var own = newRows(2), shared = newRows(2), other = newRows(2);
    own[1] = 1; shared[1] = 2; other[0] = 3;
    var result = [own[1], shared[1], other[0]].join();
    export { shared };`,
  'a local variable of a column\'s name': `
    var size = new Uint8Array(2), flags = new Uint8Array(2);
    function twice(size) { return size[0] * 2; }
    flags[1] = 4; size[0] = 1;
    var result = [twice([21]), size[0], flags[1]].join();`,
}

describe('columns that share an array', () => {
  for (const [name, code] of Object.entries(programs)) {
    it(name, () => {
      const joined = runPass(joinColumns, MAKERS + code)
      expect(joined).toContain('var columns')
      const [before, after] = [MAKERS + code, joined].map(text => runProgram(text.replace(/export .*/, '')).result)
      expect(after).toBe(before)
    })
  }
})

const ARRAYS = [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float64Array]

/** A constructor of arrays in which a row that they do not have is reported. */
function strictArray(Base: typeof ARRAYS[number], report: (text: string) => void): unknown {
  const check = (array: { length: number }, key: string | symbol): void => {
    const isRow = typeof key === 'string' && /^(-?\d+|NaN|undefined)$/.test(key)
    if (isRow && !(Number(key) >= 0 && Number(key) < array.length)) report(`row ${key} of ${array.length}`)
  }
  return new Proxy(Base, {
    construct(target, args) {
      const array = new target(...args as [number])
      // What is not a column, but bytes.
      if (array.length > 2_000) return array
      return new Proxy(array, {
        get(column, key) {
          check(column, key)
          const value: unknown = Reflect.get(column, key, column)
          return typeof value === 'function' ? value.bind(column) : value
        },
        set(column, key, value) {
          check(column, key)
          return Reflect.set(column, key, value, column)
        },
      })
    },
  })
}

describe('the core of a board', () => {
  it('stays within its columns', async () => {
    const reports = new Set<string>()
    const bundle = (await coreBundle('esp32', false)).toString()
    const code = bundle.replace('export function createCore', 'function createCore')
    const arrays = ARRAYS.map((Base) => strictArray(Base, (text) => {
      reports.add(`${text}${new Error().stack!.split('\n').slice(4, 6).join('')}`)
    }))
    const createCore = new Function(...ARRAYS.map(({ name }) => name), `${code}\nreturn createCore`)(...arrays) as
      () => CoreInstance
    const create = (seed: number, configuration: Configuration) =>
      Promise.resolve(new MemoryWorld('esp32', createCore(), configuration, seed, new MemoryRecords(() => 0)))
    for (let seed = 1; seed <= 4; seed++) await runSimulation({ name: 'esp32', board: boards.esp32, create }, seed, 0.1)
    expect([...reports]).toEqual([])
  })
})
