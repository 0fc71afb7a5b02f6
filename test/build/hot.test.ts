// The order in which a board's bundle declares its names must not change what it does.
import { describe, expect, it } from 'vitest'
import { declareFirst } from '../../scripts/build/passes/hot.mjs'
import { runPass } from './run_pass'
import { runProgram } from './run_program'

/** A program of the kind that the build makes: functions, tables, and values that come from calls. */
const program = `
  function newTable(size) { return new Uint8Array(size); }
  function rarely() { return view(0) + seldom; }
  var seldom = 1, often = 0, table = newTable(often + 3), start = tell('first'), memory = newTable(4);
  memory[1] = 5;
  var view = index => memory[index], seen = view(1), handlers = [rarely, view], copy = table[0];
  function tell(text) { log.push(text); return log.length; }
  tell('second'), table[0] = often = often + seen, often += often;
  var result = [start, seen, often, copy, handlers.length, rarely(), log.join()].join();`

/** Top-level names in the order in which a text declares them. */
const names = (code: string): string[] =>
  [...code.matchAll(/(?:var |,|function )(\w+) ?[=(]/g)].map(([, name]) => name)

describe('declareFirst', () => {
  it('changes the order and not the answer', () => {
    const code = runPass(declareFirst, program, { hot: ['memory'] })
    expect(names(code).indexOf('memory')).toBeLessThan(names(code).indexOf('often'))
    expect(names(code).indexOf('often')).toBeLessThan(names(code).indexOf('seldom'))
    expect(runProgram(code).result).toBe(runProgram(program).result)
  })

  it('leaves what is timed in its order', () => {
    const code = 'function next(){return ++count}var count=0,b=next(),a=next(),result=[a,a,a,b].join();'
    expect(runProgram(runPass(declareFirst, code)).result).toBe('2,2,2,1')
  })
})
