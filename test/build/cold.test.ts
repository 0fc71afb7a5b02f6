// Functions of which memory has nothing must do what they did. They run where the simulated board's programs do, which
// knows a function's text by the engine's name for it.
import { describe, expect, it } from 'vitest'
import { Chunk } from '../../scripts/build/chunk.mjs'
import { coldFunctions, joinCold, moveCold } from '../../scripts/build/passes/cold.mjs'
import { declareFirst } from '../../scripts/build/passes/hot.mjs'
import { shortenNames } from '../../scripts/build/passes/names.mjs'
import { tokenise } from '../../scripts/build/passes/tokens.mjs'
import { Realm } from '../../src/simulator/realm'
import { contextOf } from './run_pass'

/** What the passes that know of such functions make of a text; `RESULT` stays as it is. */
function cooled(code: string, cold: string[]): string {
  const context = contextOf({ cold })
  const moved = new Chunk(moveCold(new Chunk(code, 'script'), context, 1), 'script')
  const ordered = new Chunk(declareFirst(moved, context), 'script')
  const named = new Chunk(shortenNames(ordered, context), 'script')
  return joinCold(named, context)
}

const resultOf = (code: string): unknown => new Realm().run(`${code};RESULT.text`, 'program')

const programs: Record<string, { cold: string[], code: string }> = {
  'expressions only': {
    cold: ['sum', 'next', 'twice'],
    code: `
      var count = 1;
      function sum(a, b) { return a + b; }
      function next() { return ++count; }
      function twice(x) { return sum(x, x), sum(x, next()); }
      RESULT.text = [twice(4), sum(twice(1), 1), next()].join();`,
  },
  'branches that return, and some that do not': {
    cold: ['note', 'grade', 'each', 'size'],
    code: `
      var log = [];
      function note(x) { var text = 'n' + x; if (x > 2) return; log.push(text); }
      function grade(x) { var text; if (x > 4) { text = 'b'; return text; } return 'c' + typeof text; }
      function each(n) { for (var i = 0; i < n; i++) note(i); log.push(size(log)); }
      function size(list) { return list.length; }
      each(4); RESULT.text = log.join() + grade(5) + grade(1);`,
  },
  'an expression behind branches': {
    cold: ['grade', 'double'],
    code: `
      function grade(x) { if (x > 4) { return 'b' + double(x); } return 'c'; }
      function double(x) { return x * 2; }
      RESULT.text = grade(5) + grade(1) + double(8);`,
  },
  'a function that calls itself, and one inside': {
    cold: ['depth', 'all'],
    code: `
      function depth(x) { var rest = x.next; if (rest) { return 1 + depth(rest); } return 1; }
      function all(list, rest) { var sum = rest; list.forEach(function (x) { sum += depth(x) * rest; }); return sum; }
      RESULT.text = all([{ next: { next: 0 } }, {}], 3);`,
  },
  'a function that is passed around, and one that reads this': {
    cold: ['first', 'passed', 'owner', 'second'],
    code: `
      function first(x) { return x + 1; }
      function passed(x) { return first(x) * 2; }
      function owner(x) { return this.base + x; }
      function second(x) { return first(x) + 2; }
      RESULT.text = [1, 2].map(passed).concat(owner.call({ base: 5 }, 1), second(1)).join();`,
  },
  'a call among the arguments of another': {
    cold: ['add', 'less'],
    code: `
      function add(x, y) { return x + y; }
      function less(x, y) { if (x > y) { return x - y; } return 0; }
      RESULT.text = add(less(9, add(1, 2)), less(add(2, 3), 1));`,
  },
}

describe('a function of which memory has nothing', () => {
  for (const [name, { cold, code }] of Object.entries(programs)) {
    const program = `var RESULT = {};${code}`
    it(`does what it did: ${name}`, () => {
      const text = cooled(code, cold)
      const there = `var RESULT = {};${text}`
      expect(text).not.toMatch(new RegExp(`function (${cold.join('|')})\\(`))
      expect(resultOf(there)).toEqual(resultOf(program))
      expect(resultOf(tokenise(there))).toEqual(resultOf(program))
    })
  }

  it('is none that is passed around, or reads this', () => {
    const { cold, code } = programs['a function that is passed around, and one that reads this']
    const context = contextOf({ cold })
    const moved = moveCold(new Chunk(code, 'script'), context, 1)
    expect(coldFunctions(new Chunk(moved, 'script').tree)).toHaveLength(2)
    expect(moved).toContain('function passed(')
    expect(moved).toContain('function owner(')
  })

  it('has what it reads declared in front of its first call', () => {
    const text = cooled('var size = [3].length; var twice = double(size); RESULT.text = twice; ' +
      'function double(x) { return x * base + size; } var base = 2;', ['double'])
    expect(resultOf(`var RESULT = {};${text}`)).toBe(3)
  })

  it('stays where there are few', () => {
    const code = 'function one() { return 1; } RESULT.text = one();'
    expect(moveCold(new Chunk(code, 'script'), contextOf({ cold: ['one', 'gone'] }))).toBe(code)
  })
})
