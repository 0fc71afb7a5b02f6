// What the build does to a board's code must not change what the code does.
import { describe, expect, it } from 'vitest'
import { Chunk } from '../../scripts/build/chunk.mjs'
import { writeArrowExpressions, writeArrowFunctions } from '../../scripts/build/passes/arrows.mjs'
import { inlineCalls } from '../../scripts/build/passes/inline.mjs'
import { inlineExpressions } from '../../scripts/build/passes/inline_expressions.mjs'
import { shortenNames } from '../../scripts/build/passes/names.mjs'
import { shareOften } from '../../scripts/build/passes/share.mjs'
import { contextOf, runPass } from './run_pass'
import { runProgram } from './run_program'

const programs: Record<string, string> = {
  'a call as a statement': `
    var log = [];
    function note(x) { if (x > 1) return; log.push(x); }
    function each(n) { for (var i = 0; i < n; i++) { note(i); } log.push('end'); }
    each(4); var result = log.join();`,
  'a call whose value is returned': `
    function grade(x) { if (x > 8) return 'a'; if (x > 4) { return 'b'; } return 'c'; }
    function ask(x) { if (!x) return 'none'; return grade(x); }
    var result = [ask(0), ask(1), ask(5), ask(9)].join();`,
  'a call whose value is kept, with branches': `
    function pick(x) {
      if (x === 1) return 'one'; if (x === 2) { if (x) return 'two'; } else { x++; } return 'more' + x;
    }
    function ask(x) { var y = pick(x); return y + '!'; }
    var result = [ask(1), ask(2), ask(3)].join();`,
  'a return in a loop': `
    function find(list, x) { for (var i = 0; i < list.length; i++) { if (list[i] === x) return i; } return -1; }
    function ask(x) { var at = find([4, 5, 6], x); return at; }
    var result = [ask(5), ask(7)].join();`,
  'a variable without a value, in a loop': `
    var log = [];
    function first(x) { var seen; if (x) seen = x; log.push(seen); }
    function each() { for (var i = 0; i < 3; i++) { first(i === 1 ? 'one' : 0); } }
    each(); var result = log.join('-');`,
  'a variable without a value, in what moves into a loop': `
    var log = [];
    function first(x) { var seen; if (x) seen = x; log.push(seen); }
    function second(x) { log.push('next'); first(x); }
    function each() { for (var i = 0; i < 3; i++) { second(i === 1 ? 'one' : 0); } }
    each(); var result = log.join('-');`,
  'a parameter that is changed, and an argument that changes': `
    var count = 0;
    function next() { return ++count; }
    function add(x, y) { x += y; count += 10; return x + count; }
    function ask(x) { next(); var sum = add(count, x); return sum + ':' + x; }
    var result = ask(5) + ask(6);`,
  'a value that is a sequence': `
    var log = '';
    function pick(x) { if (x) { log += 'x'; return log += 'y', x + 1; } return (log += 'z', 0); }
    function ask(x) { var y = pick(x); return y + log; }
    var result = ask(1) + ask(0);`,
  'a global with the name of a local of the caller': `
    var row = 7;
    function read() { return row; }
    function ask() { var row = 1; var other = read(); return row + other; }
    var result = ask();`,
}

describe('moving functions to their only call', () => {
  for (const [name, code] of Object.entries(programs)) {
    it(name, () => {
      const moved = runPass(inlineCalls, code)
      const { result } = runProgram(code)
      expect(runProgram(moved).result).toEqual(result)
      expect(runProgram(runPass(shortenNames, `${moved}\nthis.result = result;`)).result).toEqual(result)
    })
  }

  it('leaves fewer functions', () => {
    expect(runPass(inlineCalls, programs['a call whose value is returned'])).not.toContain('function grade')
  })

  it('keeps a function that is exported', () => {
    const code = 'export { used };\nfunction used(x) { return x; }\nfunction other(x) { return used(x); }\nother(1);'
    expect(runPass(inlineCalls, code)).toContain('function used')
  })
})

describe('shortening names', () => {
  it('gives the shortest to what is used most, and keeps locals apart', () => {
    const code = 'var seldom = 1; var often = 2;\n'
      + 'function sum(a) { var b = often; return often + often + a + b + seldom; }\n'
      + 'globalThis.result = sum(3) + sum(4);'
    const short = runPass(shortenNames, code)
    expect(short).toMatch(/var a = 2/)
    expect(runProgram(short).result).toBe(21)
  })

  it('knows the body of an arrow function that is nothing but a name', () => {
    const short = runPass(shortenNames, 'var own = 5; var same = (value) => value, ask = (value) => own;\n'
      + 'globalThis.result = same(3) + ask(1);')
    expect(runProgram(short).result).toBe(8)
  })

  it('renames an export where it is declared only', () => {
    const context = contextOf()
    const code = shortenNames(new Chunk('var name = 1;\nexport { name };'), context)
    expect([code, context.short]).toEqual([expect.stringContaining('as name'), { name: 'a' }])
  })
})

const expressions: Record<string, string> = {
  'a short function': `
    var at = 3; function rest() { return 9 - at; }
    function ask(x) { return rest() * x + rest(); } var result = ask(2);`,
  'an argument that is read twice': `
    var count = 0; function next() { return ++count; } function twice(x) { return x + x; }
    function ask() { return twice(next()) + ':' + count; } var result = ask() + ask();`,
  'an argument that does something, after the function has read': `
    var count = 1; function next() { return ++count; } function add(x) { return count + x; }
    function ask() { return add(next()); } var result = ask() + ':' + ask();`,
  'an argument that the function changes under its hands': `
    var at = 5; function move(x) { return at = 0, x; }
    function ask() { return move(at) + ':' + at; } var result = ask();`,
  'a global with the name of a local of the caller': `
    var row = 7; function own() { return row; } function ask(row) { return own() + row; } var result = ask(1);`,
  'a conditional argument': `
    var log = ''; function note(x) { return log += x; } function pick(x, y) { return x ? y : 0; }
    function ask(x) { return pick(x, note('n')); } var result = [ask(0), ask(1), log].join();`,
  'a function within its own argument': `
    function half(x) { return x / 2; } function ask(x) { return half(half(x)); } var result = ask(12);`,
}

describe('writing short functions in the place of their calls', () => {
  for (const [name, code] of Object.entries(expressions)) {
    it(name, () => expect(runProgram(runPass(inlineExpressions, code)).result).toEqual(runProgram(code).result))
  }

  it('takes the function away', () => {
    expect(runPass(inlineExpressions, expressions['a short function'])).not.toContain('rest()')
  })
})

describe('writing functions as arrow functions', () => {
  const writeArrows = (text: string): string => runPass(writeArrowFunctions, runPass(writeArrowExpressions, text))
  const code = `
    plain(0, 0);
    function plain(a, b) { return a + b; }
    function deep(x) { if (x) { return [x].map(function (y) { return y * 2; }); } }
    function own() { return this.x; }
    function pair(x) { return { x: x }; } function both(x) { return x++, x; }
    var held = { get own() { return plain(3, 4); }, set own(x) { plain(x, x); } };
    var result = [plain(1, 2), deep(4), own.call({ x: 5 }), pair(6).x, both(7), held.own].join();`

  it('changes no answer', () => expect(runProgram(writeArrows(code)).result).toEqual(runProgram(code).result))

  it('leaves what reads `this`', () => {
    expect(writeArrows(code)).toContain('function own()')
    expect(writeArrows(code)).not.toContain('function plain')
  })
})

describe('sharing what is said often', () => {
  const code = `
    var a = new Uint8Array(1), b = new Uint8Array([1, 2]), c = new Uint8Array(3), d = new Int8Array(4);
    var result = [a, b, c, d].map(function (x) { return x.length; }).join();`

  it('changes no answer', () => expect(runProgram(runPass(shareOften, code)).result).toEqual(runProgram(code).result))

  it('says it once', () => expect(runPass(shareOften, code).match(/new Uint8Array/g)).toHaveLength(1))
})
