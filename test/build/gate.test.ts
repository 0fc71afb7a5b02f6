import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { checkBundle, formatFindings } from '../../scripts/build/gate/gate.mjs'
import { GATE_RULES } from '../../scripts/build/gate/rules.mjs'
import { ESPRUINO, runEspruino } from './espruino'
import { GATE_CASES } from './gate_cases'

const rulesOf = (code: string): string[] => checkBundle(code).map(({ rule }: { rule: string }) => rule)

/** What a program prints in this Node. */
function runStandard (code: string): string[] {
  const lines: string[] = []
  runInNewContext(code, { print: (line: string) => lines.push(line) })
  return lines
}

describe('the gate', () => {
  it('has a case for every rule', () => {
    expect(GATE_CASES.map(({ rule }) => rule)).toEqual(GATE_RULES.map(({ name }: { name: string }) => name))
  })

  it.each(GATE_CASES)('$rule: accepts what has been mended', ({ accepted }) => {
    expect(formatFindings(checkBundle(accepted))).toBe('')
    expect(runStandard(accepted)).toEqual(['right'])
  })

  it.each(GATE_CASES)('$rule: refuses what the engine gets wrong', ({ rule, refused }) => {
    expect(rulesOf(refused)).toContain(rule)
    expect(runStandard(refused)).toEqual(['right'])
  })

  it.each([
    ['a name that terser may give', 'function f(){var x=1;return x}f()'],
    ['typeof of a name that may be missing', 'if(typeof Map==="undefined")print(1)'],
    ['pins and firmware names', 'digitalWrite(D2,1);E.setFlags({});require("Wifi")'],
    ['a method of the bundle\'s own that is named like a missing one', 'var o={at:function(){return 1}};o.at()'],
    ['functions that refer to one another and run later', 'function a(){b()}function b(){x++}var x=0;a()'],
    ['a table of functions that use what comes later', 'function a(){return x}var t=[a],x=1;t[0]()'],
    ['an argument that hides a name declared later', 'function f(x){return x}f(1);var x=2'],
  ])('accepts %s', (_, code) => {
    expect(formatFindings(checkBundle(code))).toBe('')
  })

  it.each([
    ['a variable that its own function assigns before its var', 'function f(){x=1;var x;return x}f()'],
    ['a call that reaches a variable declared later', 'function a(){return b()}function b(){return x}a();var x=1'],
    ['a call that reaches a function declared later', 'function a(){return b()}a();function b(){}'],
    ['a table of functions declared later', 'var t=[a];function a(){}'],
  ])('refuses %s', (_, code) => {
    expect(rulesOf(code)).toContain('use before declaration')
  })

  it('says where, what and how to mend it', () => {
    const [finding] = checkBundle('var a=1;a=Math.imul(a,2)')
    expect(finding).toMatchObject({ position: 10, excerpt: 'Math.imul' })
    expect(formatFindings([finding])).toContain('at 10: missing function (Math.imul): the engine does not have')
  })
})

describe.skipIf(!ESPRUINO)('the engine behind the gate', () => {
  it.each(GATE_CASES)('$rule: runs the accepted program', async ({ accepted }) => {
    expect(await runEspruino(accepted)).toEqual(['right'])
  })

  const provable = GATE_CASES.filter(({ boardsOnly }) => !boardsOnly)

  it.each(provable)('$rule: gets the refused one wrong', async ({ refused }) => {
    expect(await runEspruino(refused)).not.toContain('right')
  })
})
