// Functions of which memory has nothing must do what they did. They run where the simulated board's programs do, which
// knows a function's text by the engine's name for it.
import { describe, expect, it } from 'vitest'
import { Chunk } from '../../scripts/build/chunk.mjs'
import { coldFunctions, joinCold, moveCold } from '../../scripts/build/passes/cold.mjs'
import { declareFirst } from '../../scripts/build/passes/hot.mjs'
import { shortenNames } from '../../scripts/build/passes/names.mjs'
import { tokenise } from '../../scripts/build/passes/tokens.mjs'
import { Realm } from '../../src/simulator/realm'
import { MEMBER_PROGRAMS } from './member_programs'
import { contextOf } from './run_pass'

/** What the passes that know of such functions make of a text, with `result` as it is. */
function cooled(code: string, cold: string[]): string {
  const context = contextOf({ cold })
  const moved = new Chunk(moveCold(new Chunk(code, 'script'), context, 1), 'script')
  const ordered = new Chunk(declareFirst(moved, context), 'script')
  const named = new Chunk(shortenNames(ordered, context), 'script')
  return `${joinCold(named, context)};var result = ${context.short!.result};`
}

const resultOf = (code: string): unknown => new Realm().run(`${code};result`, 'program')

describe('a function of which memory has nothing', () => {
  for (const [name, { moved, code }] of Object.entries(MEMBER_PROGRAMS)) {
    it(`does what it did: ${name}`, () => {
      const text = cooled(code, moved)
      expect(text).not.toMatch(new RegExp(`function (${moved.join('|')})\\(`))
      expect(resultOf(text)).toEqual(resultOf(code))
      expect(resultOf(tokenise(text))).toEqual(resultOf(code))
    })
  }

  it('is none that is passed around, or reads this', () => {
    const { moved: cold, code } = MEMBER_PROGRAMS['a function that is passed around, and one that reads this']
    const context = contextOf({ cold })
    const moved = moveCold(new Chunk(code, 'script'), context, 1)
    expect(coldFunctions(new Chunk(moved, 'script').tree)).toHaveLength(2)
    expect(moved).toContain('function passed(')
    expect(moved).toContain('function owner(')
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
