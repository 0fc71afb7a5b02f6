// The bytes that stand for words and operators: what the engine reads is what was built.
import { tokenizer } from 'acorn'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundleFor } from '../../scripts/build/edition.mjs'
import { tokenise } from '../../scripts/build/passes/tokens.mjs'
import { programText } from '../../src/simulator/program_text'

const wordsOf = (code: string): string[] =>
  [...tokenizer(code, { ecmaVersion: 2020 })].map(({ start, end }) => code.slice(start, end))

describe('tokenise', () => {
  it('writes a byte for a word or an operator, and no space beside it', () => {
    expect(tokenise('if(a===1)return b')).toBe('\xa3(a\x8b1)\xabb')
    expect(tokenise('for(var x of y)x++')).toBe('\xa7(\xacx\xc6y)x\x98')
  })

  it('leaves names, strings and regular expressions as they are', () => {
    const code = 'a.delete("if else"),{in:1,new:2},/if=>/'
    expect(tokenise(code)).toBe(code)
  })

  it('keeps apart what the language keeps apart', () => {
    for (const code of ['a- -b', 'a+ +b', 'typeof a in b', 'return void 0', 'a+ ++b', 'a++ +b']) {
      expect(wordsOf(programText(tokenise(code))), code).toEqual(wordsOf(code))
    }
  })
})

describe.each(['esp32', 'smallest'])('the bundle of %s', (board) => {
  let bundle: { code: string, text: string }
  beforeAll(async () => { bundle = await bundleFor(board) as { code: string, text: string } })

  it('says the same with and without tokens', () => {
    expect(wordsOf(programText(bundle.code))).toEqual(wordsOf(bundle.text))
  })

  it('has no word or operator left that could be a byte', () => {
    const withoutStrings = bundle.code.replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '')
    expect(withoutStrings).not.toMatch(/\b(function|return|var|else)\b|&&|\|\||===|=>/)
    expect(bundle.code.length).toBeLessThan(bundle.text.length)
  })
})
