// Functions that only the start calls are let go of, and no other.
import { expect, it } from 'vitest'
import { CONSTRUCTORS } from '../../scripts/build/lists/constructors.mjs'
import { joinCold, moveCold } from '../../scripts/build/passes/cold.mjs'
import { dropStart } from '../../scripts/build/passes/drop.mjs'
import { declareFirst } from '../../scripts/build/passes/hot.mjs'
import { shortenNames } from '../../scripts/build/passes/names.mjs'
import { Chunk } from '../../scripts/build/chunk.mjs'
import { contextOf, runPass } from './run_pass'
import { runProgram } from './run_program'
import { Realm } from '../../src/simulator/realm'

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

it('drops what memory is short for as soon as nothing of the start needs it, variables too', () => {
  const given = `
    var result = [];
    function make() { return new Int16Array(2); }
    function read() { return help() + make().length; }
    function help() { return 1; }
    var size = 3, table = make(), more = size + 1, last = more;
    function later() { return [last, result.length]; }
    result.push(read()), result.push(size), result.push(later);`
  const early = contextOf({ constructors: CONSTRUCTORS })
  early.settings = { ...early.settings, memoryFirst: true }
  const text = dropStart(new Chunk(given), early)
  expect(text).toMatch(/\sdelete more,result.*push\(read\(\)\),delete make,delete read,delete help,delete Int16Array, /)
  expect(text).toMatch(/ result\.push\(size\),delete size, result\.push\(later\);$/)
  const [sum, size, later] = runProgram(text).result as [number, number, () => number[]]
  expect([sum, size, later()]).toEqual([3, 3, [4, 3]])
})

it('drops what only such functions of the start need of which memory has nothing', () => {
  const given = `
    var result = [];
    function read(x) { return help(x) + 1; }
    function begin() { result.push(read(helps)); }
    function later() { return look(4); }
    function look(x) { return other(x); }
    function help(x) { return x * 2; }
    function other(x) { return x * 3; }
    var helps = 2;
    begin();
    result.push(later);`
  const context = contextOf({ cold: ['read', 'begin', 'look'] })
  const moved = new Chunk(moveCold(new Chunk(given, 'script'), context, 1), 'script')
  const named = new Chunk(shortenNames(new Chunk(declareFirst(moved, context), 'script'), context), 'script')
  const realm = new Realm()
  realm.run(joinCold(new Chunk(dropStart(named, context), 'script'), context), 'program')
  const { short = {} } = context
  const dropped = ['help', 'other', 'later', 'helps'].filter((name) => !(short[name] in realm.globals))
  expect(dropped).toEqual(['help', 'helps'])
  expect(realm.run(`${short.result}[0] + ${short.result}[1]() + ${short.other}(1)`, 'look')).toBe(5 + 12 + 3)
})
