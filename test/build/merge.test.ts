// Functions that share one must do what they did.
import { describe, expect, it } from 'vitest'
import { mergeSeldom } from '../../scripts/build/passes/merge.mjs'
import { MEMBER_PROGRAMS } from './member_programs'
import { runPass } from './run_pass'
import { runProgram } from './run_program'

describe('functions that share one', () => {
  for (const [name, { moved, code }] of Object.entries(MEMBER_PROGRAMS)) {
    it(`keeps ${name}`, () => {
      const merged = runPass(mergeSeldom, code, { groups: [moved] })
      expect(merged).toContain('function seldom0(')
      expect(runProgram(merged).result).toEqual(runProgram(code).result)
    })
  }

  it('leaves a function alone of which there is no other', () => {
    const code = 'function one() { return 1; } var result = one();'
    expect(runPass(mergeSeldom, code, { groups: [['one', 'gone']] })).toBe(code)
  })
})
