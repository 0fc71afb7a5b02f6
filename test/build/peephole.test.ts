// What is written shorter must say the same of the numbers that a board's code has.
import { describe, expect, it } from 'vitest'
import { writeShorter } from '../../scripts/build/passes/peephole.mjs'
import { runPass } from './run_pass'
import { runProgram } from './run_program'

const programs: Record<string, { code: string, shorter: string }> = {
  'opposites': {
    code: 'var a = 2, result = [!(a < 3), !(a >= 2), !(a > 2 || a < 1), !(a === 2)].join();', shorter: '<',
  },
  'an opposite behind another expression': {
    code: 'var a = 0, result = !(a++, a < 1) && a;', shorter: '>=',
  },
  'an else alone': {
    code: 'var result = 0; for (var a = 0; a < 4; a++) { if (a < 2); else { result += a; } }', shorter: '>=',
  },
  'an else alone behind what is no comparison': {
    code: 'var result = 0, list = [0, 1]; for (var a of list) { if (a); else result += 5; }', shorter: '!',
  },
  'zeros that are added': {
    code: 'var a = 3, b = 0, result = [(a + 0) * 2, 0 + (b ? 1 : 4) + 2, 5 - (a - 0)].join();', shorter: 'a',
  },
  'a condition or nothing': {
    code: 'var a = 3, result = [(a > 2 || 0) && a, (a > 3 || 0) ? 1 : 2].join();', shorter: 'a',
  },
  'an empty list at the end': { code: 'var result = [1, 2].concat([]).join();', shorter: '[1, 2]' },
  'large numbers': { code: 'var result = [4294967295, 2097152 / 2, 1 ? 4294967295 : 0].join();', shorter: '-1>>>0' },
}

describe('what is written shorter', () => {
  it.each(Object.entries(programs))('says the same: %s', (_name, { code, shorter }) => {
    const written = runPass(writeShorter, code)
    expect(written).not.toBe(code)
    expect(written).toContain(shorter)
    expect(String(runProgram(written).result)).toBe(String(runProgram(code).result))
  })

  it('leaves a text alone', () => {
    const code = 'var result = "a" + 1;'
    expect(runPass(writeShorter, code)).toBe(code)
  })
})
