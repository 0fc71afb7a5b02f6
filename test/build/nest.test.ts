// What only one function needs moves into it, and the program does what it did.
import { describe, expect, it } from 'vitest'
import { nestRare } from '../../scripts/build/passes/nest.mjs'
import { runPass } from './run_pass'
import { runProgram } from './run_program'

const code = `
  var list = [];
  var shared = 3;
  var seen;
  var count = 0, other = 1;
  function next() { return ++count; }
  function add(x) { list.push(x * shared); seen = x; return both(x); }
  function both(x) { return x + next(); }
  function host(text) { return add(text.length) + ':' + add(2) + list.join() + seen; }
  function never(x) { return both2(x); }
  function both2(x) { return shared + x; }
  var result = [host('four'), next(), never(1), other].join();`

describe('a function that holds what only it needs', () => {
  const nested = runPass(nestRare, code, { hosts: ['host', 'gone'] })

  it('does what it did', () => {
    expect(runProgram(nested).result).toBe(runProgram(code).result)
  })

  it('leaves at the top level what others need', () => {
    const names = ['list', 'seen', 'add', 'both', 'shared', 'count', 'next', 'never', 'both2', 'host']
    const context = runProgram(nested)
    expect(names.filter((name) => name in context)).toEqual(['shared', 'count', 'next', 'never', 'both2', 'host'])
  })
})
