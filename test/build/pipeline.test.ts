// The passes one behind the other: who fails is named, and the place; no pass may write over another one's change.
import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../scripts/build/edits.mjs'
import { PASSES } from '../../scripts/build/passes.mjs'
import { runPasses } from '../../scripts/build/pipeline.mjs'
import type { Pass, Step } from '../../scripts/build/types'
import { contextOf } from './run_pass'

const pass = (name: string, run: Pass['run']): Pass => ({ name, why: 'for the test', when: () => true, run })

const run = (code: string, ...passes: Pass[]): Promise<string> => runPasses(code, contextOf(), { passes })

describe('edits', () => {
  it('are applied in the order of the text, what is put in between first', () => {
    const edits = [{ start: 2, end: 3, text: 'C' }, { start: 2, end: 2, text: '-' }, { start: 0, end: 1, text: 'A' }]
    expect(applyEdits('abcd', edits)).toBe('Ab-Cd')
    expect(applyEdits('abcd', edits.slice(0, 2), { start: 1, end: 3 })).toBe('b-C')
  })

  it.each([
    ['cross', [{ start: 0, end: 2, text: '' }, { start: 1, end: 3, text: '' }]],
    ['stand in one another', [{ start: 0, end: 4, text: '' }, { start: 1, end: 2, text: 'x' }]],
    ['are put into what is replaced', [{ start: 0, end: 3, text: '' }, { start: 1, end: 1, text: 'x' }]],
    ['replace the same', [{ start: 1, end: 2, text: 'x' }, { start: 1, end: 2, text: 'y' }]],
    ['go beyond what is edited', [{ start: 3, end: 5, text: '' }]],
  ])('are an error where they %s', (_, edits) => {
    expect(() => applyEdits('abcd', edits)).toThrow('overlaps')
  })
})

describe('a pass', () => {
  it('is named where it writes what is no program, with the place', async () => {
    const bad = pass('spoil', ({ code }) => `${code}\nvar b = ;`)
    await expect(run('var a = 1', pass('keep', ({ code }) => code), bad)).rejects
      .toThrow(/pass 'spoil' wrote what is no program: .*\(line 2, column 9: "var a = 1\\nvar b = ;"\)/)
  })

  it('is named where its edits overlap, with the place', async () => {
    const twice = pass('twice', ({ code }) =>
      applyEdits(code, [{ start: 4, end: 9, text: 'b = 2' }, { start: 8, end: 9, text: '3' }]))
    await expect(run('var a = 1', twice)).rejects.toThrow(/pass 'twice' failed: .*"1".* overlaps .*\(line 1, column 9/)
  })

  it('is named where it throws', async () => {
    await expect(run('var a', pass('throw', () => { throw new Error('no way') }))).rejects
      .toThrow("pass 'throw' failed: no way")
  })

  it('tells its size', async () => {
    const steps: Step[] = []
    const double = pass('double', ({ code }) => `${code};${code}`)
    await runPasses('var a', contextOf(), { passes: [double, double], onStep: step => steps.push(step) })
    expect(steps.map(({ name, size }) => [name, size])).toEqual([['double', 11], ['double', 23]])
  })

  it('has a name of its own, and a reason for its place', () => {
    expect(new Set(PASSES.map(({ name }) => name)).size).toBe(PASSES.length)
    for (const { why } of PASSES) expect(why.length).toBeGreaterThan(20)
  })
})
