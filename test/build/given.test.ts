// An extension takes of what it is given what it uses, and nothing else.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { GIVEN } from '../../scripts/build/lists/extensions.mjs'
import { takeGiven } from '../../scripts/build/passes/given.mjs'
import { runPass } from './run_pass'

describe('an extension', () => {
  const code = `
    function tell (report) { report('mine'); say('a', 'b') }
    var looked = { room: 1 };
    tell(looked.room ? report : function () { return configuration.port })`

  it('has variables for what it uses, by the names that it uses, and lets go of the rest', () => {
    const said: unknown[] = []
    const host = {
      say: (...words: unknown[]) => { said.push(['say', ...words]) },
      report: (word: unknown) => { said.push(['report', word]) },
      get room (): never { throw new Error('it does not use that') },
      get configuration () { return {} },
    }
    const left = new Function('host', `${runPass(takeGiven, code)}; return host`)(host) as unknown
    expect(said).toEqual([['report', 'mine'], ['say', 'a', 'b']])
    expect(left).toBe(0)
  })

  it('may use what its types declare, and midge, which is the engine\'s', () => {
    const types = readFileSync('src/hub/extension.d.ts', 'utf8')
    const declared = [...types.matchAll(/^declare (?:const|function) (\w+)/gm)].map(([, name]) => name)
    expect(declared.filter(name => name !== 'midge').sort()).toEqual([...GIVEN].sort())
  })
})
