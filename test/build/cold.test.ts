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

/** What the passes that know of such functions make of a text, with `result` as it is. */
function cooled(code: string, cold: string[], format: 'script' | 'extension' = 'script'): string {
  const context = contextOf({ cold })
  context.settings.format = format
  const moved = new Chunk(moveCold(new Chunk(code, 'script'), context, 1), 'script')
  const ordered = new Chunk(declareFirst(moved, context), 'script')
  const named = new Chunk(shortenNames(ordered, context), 'script')
  return `${joinCold(named, context)};var result = ${context.short!.result};`
}

const resultOf = (code: string): unknown => new Realm().run(`${code};result`, 'program')

/** Of what runs as a function's body. */
const resultWithin = (code: string): unknown =>
  new Realm().run(`new Function('host', ${JSON.stringify(`${code};return result`)})()`, 'program')

// They must do what they did; what comes of each is its `result`.
/** `moved`: the functions that a pass is told to move. */
const MEMBER_PROGRAMS: Record<string, { moved: string[], code: string }> = {
  'expressions only': {
    moved: ['sum', 'next', 'twice'],
    code: `
      var count = 1;
      function sum(a, b) { return a + b; }
      function next() { return ++count; }
      function twice(x) { return sum(x, x), sum(x, next()); }
      var result = [twice(4), sum(twice(1), 1), next()].join();`,
  },
  'branches that return, and some that do not': {
    moved: ['note', 'grade', 'each', 'size'],
    code: `
      var log = [];
      function note(x) { var text = 'n' + x; if (x > 2) return; log.push(text); }
      function grade(x) { var text; if (x > 4) { text = 'b'; return text; } return 'c' + typeof text; }
      function each(n) { for (var i = 0; i < n; i++) note(i); log.push(size(log)); }
      function size(list) { return list.length; }
      each(4); var result = log.join() + grade(5) + grade(1);`,
  },
  'an expression behind branches': {
    moved: ['grade', 'double'],
    code: `
      function grade(x) { if (x > 4) { return 'b' + double(x); } return 'c'; }
      function double(x) { return x * 2; }
      var result = grade(5) + grade(1) + double(8);`,
  },
  'a function that calls itself, and one inside': {
    moved: ['depth', 'all'],
    code: `
      function depth(x) { var rest = x.next; if (rest) { return 1 + depth(rest); } return 1; }
      function all(list, rest) { var sum = rest; list.forEach(function (x) { sum += depth(x) * rest; }); return sum; }
      var result = all([{ next: { next: 0 } }, {}], 3);`,
  },
  'a function that is passed around, and one that reads this': {
    moved: ['first', 'passed', 'owner', 'second'],
    code: `
      function first(x) { return x + 1; }
      function passed(x) { return first(x) * 2; }
      function owner(x) { return this.base + x; }
      function second(x) { return first(x) + 2; }
      var result = [1, 2].map(passed).concat(owner.call({ base: 5 }, 1), second(1)).join();`,
  },
  'a call among the arguments of another': {
    moved: ['add', 'less'],
    code: `
      function add(x, y) { return x + y; }
      function less(x, y) { if (x > y) { return x - y; } return 0; }
      var result = add(less(9, add(1, 2)), less(add(2, 3), 1));`,
  },
}

describe('a function of which memory has nothing', () => {
  for (const [name, { moved, code }] of Object.entries(MEMBER_PROGRAMS)) {
    it(`does what it did: ${name}`, () => {
      const text = cooled(code, moved)
      expect(text).not.toMatch(new RegExp(`function (${moved.join('|')})\\(`))
      expect(resultOf(text)).toEqual(resultOf(code))
      expect(resultOf(tokenise(text))).toEqual(resultOf(code))
    })

    it(`does what it did among the names of an extension: ${name}`, () => {
      const text = cooled(code, moved, 'extension')
      expect(text).not.toMatch(new RegExp(`function (${moved.join('|')})\\(`))
      expect(resultWithin(text)).toEqual(resultOf(code))
    })
  }

  it('is made where it is handed on, but for one whose name is given another value', () => {
    const code = 'function one(x) { return x + 1; } function two() { return 2; } two = one; '
      + 'var result = [1].map(one).join() + two(3);'
    const moved = new Chunk(moveCold(new Chunk(code, 'script'), contextOf({ cold: ['one', 'two'] }), 1), 'script')
    expect(coldFunctions(moved.tree)).toHaveLength(1)
    expect(resultOf(cooled(code, ['one', 'two']))).toBe(resultOf(code))
  })

  it('is no local of the same name', () => {
    const code = 'function size(x) { return x.length; } function sum(size) { return size(2) + 1; } '
      + 'var result = size("four") + sum(function (x) { return x; });'
    expect(resultOf(cooled(code, ['size']))).toBe(7)
    expect(resultWithin(cooled(code, ['size', 'sum'], 'extension'))).toBe(7)
  })

  it('has what it reads declared in front of its first call', () => {
    const text = cooled('var size = [3].length; var result = double(size); ' +
      'function double(x) { return x * base + size; } var base = 2;', ['double'])
    expect(resultOf(text)).toBe(3)
  })

  it('stays where there are few', () => {
    const code = 'function one() { return 1; } var result = one();'
    expect(moveCold(new Chunk(code, 'script'), contextOf({ cold: ['one', 'gone'] }))).toBe(code)
  })
})
