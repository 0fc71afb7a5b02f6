// Functions that only the start calls are let go of, and no other.
import { expect, it } from 'vitest'
import { CONSTRUCTORS } from '../../scripts/build/lists/constructors.mjs'
import { dropStart } from '../../scripts/build/passes/drop.mjs'
import { Chunk } from '../../scripts/build/chunk.mjs'
import { contextOf, runPass } from './run_pass'
import { runProgram } from './run_program'

const code = `
  var handlers = [];
  function table(size) { return new Array(size).fill(fillWith()); }
  function fillWith() { return 7; }
  function both() { return 2; }
  function passed() { return both(); }
  function late() { var ask = table2(); return ask; }
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

it('drops what a function of the start is given and only calls, and keeps what it keeps', () => {
  const given = `
    var kept = [], sum = 0, rest = 0, text = 'ab';
    function each(run) { for (var i = 0; i < 3; i++) run(i); }
    function twice(run) { each(run); each(run); }
    function add(value) { sum += value + text.length; }
    function keep(run) { kept.push(run); }
    function later() { return rest + kept.length; }
    twice(add);
    each(function (value) { rest += value; });
    keep(later);
    var result = sum;`
  const context = runProgram(runPass(dropStart, given))
  expect(context.result).toBe(18)
  const names = ['each', 'twice', 'add', 'keep', 'later', 'kept', 'sum', 'rest', 'text']
  expect(names.filter((name) => !(name in context))).toEqual(['each', 'twice', 'add', 'keep', 'text'])
  expect((context.kept as (() => number)[])[0]()).toBe(4)
})

it('drops what the engine keeps of a constructor, where one is used', () => {
  const dropped = runPass(dropStart, 'var rows = new Int16Array(2);', { constructors: CONSTRUCTORS })
  expect(dropped).toMatch(/;delete Int16Array;$/)
})

it('drops what memory is short for as soon as nothing of the start needs it', () => {
  const given = `
    var result = [];
    function make() { return new Int16Array(2); }
    function read() { return help() + make().length; }
    function help() { return 1; }
    var table = make();
    result.push(read()), result.push(3);`
  const early = contextOf({ constructors: CONSTRUCTORS })
  early.settings = { ...early.settings, dropsEarly: true }
  const text = dropStart(new Chunk(given), early)
  expect(text).toMatch(/push\(read\(\)\),delete make,delete read,delete help,delete Int16Array, result\.push\(3\);$/)
  expect(runProgram(text).result).toEqual([3, 3])
})
