// Functions that only the start calls are let go of, and no other.
import { expect, it } from 'vitest'
import { CONSTRUCTORS } from '../../scripts/build/lists/constructors.mjs'
import { dropStart } from '../../scripts/build/passes/drop.mjs'
import { runPass } from './run_pass'
import { runProgram } from './run_program'

const code = `
  var handlers = [];
  function table(size) { return new Array(size).fill(fillWith()); }
  function fillWith() { return 7; }
  function both() { return 2; }
  function passed() { return both(); }
  function late() { return table2(); }
  function table2() { return 3; }
  var ask = size => table(size);
  var rows = ask(3);
  var start = (function () { return both() + table(1)[0]; })();
  handlers.push(passed, function () { return late(); });
  var result = rows.concat(start).join();`

it('drops what only the start calls', () => {
  const context = runProgram(runPass(dropStart, code))
  expect(context.result).toBe('7,7,7,9')
  const dropped = ['table', 'fillWith', 'both', 'passed', 'late', 'table2', 'ask'].filter((name) => !(name in context))
  expect(dropped).toEqual(['table', 'fillWith', 'ask'])
  expect((context.handlers as (() => number)[]).map((handler) => handler())).toEqual([2, 3])
})

it('drops what the engine keeps of a constructor, where one is used', () => {
  const dropped = runPass(dropStart, 'var rows = new Int16Array(2);', { constructors: CONSTRUCTORS })
  expect(dropped).toMatch(/;delete Int16Array;$/)
})
