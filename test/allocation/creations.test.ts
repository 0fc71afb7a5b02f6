import { describe, expect, it } from 'vitest'
import { parseChunk } from '../../scripts/build/ast.mjs'
import { callGraph } from './call_graph'
import { creationsIn } from './creations'

const creationsOf = (body: string): string[] => creationsIn(parseChunk(`function f(a, b) { ${body} }`).body[0])

describe('what a function creates', () => {
  it.each([
    ['a = [1]', 'an array'], ['a = { b }', 'an object'], ['a = new Uint8Array(1)', 'new'], ['a = () => b', 'a closure'],
    ['function g() {}', 'a closure'], ['a = function () {}', 'a closure'], ['a = `x${b}`', 'a string'],
    ['a = "x" + b', 'a string'], ['a += "x"', 'a string'], ['a = b.subarray(1)', '.subarray()'],
    ['a = b.slice(1)', '.slice()'], ['a = b.map(f)', '.map()'], ['a.push(b)', '.push()'], ['a = String(b)', 'String'],
    ['for (const x of a) f(x)', 'an iterator'], ['f(...a)', 'an iterator'], ['a = /x/', 'a regular expression'],
  ])('%s: %s', (body, creation) => {
    expect(creationsOf(body)).toContain(creation)
  })

  it.each([
    'a = b + 1', 'a[0] = b[1]', 'a.set(b, 1)', 'a.copyWithin(0, 1, 2)', 'a.fill(0)', 'a = "x"', 'a = Math.min(a, b)',
    'a = b.charCodeAt(0)', 'a = b ? f(1) : a.length', 'a = `x`', 'a += 1',
  ])('%s: nothing', (body) => {
    expect(creationsOf(body)).toEqual([])
  })
})

describe('which functions can run', () => {
  const reached = (code: string): string[] => [...callGraph(code, ['root'], (name) => name === 'leaf').reached.keys()]

  it('those that are called, that are handed on, and that stand in a table', () => {
    expect(reached(`
      function a() { c }
      function b() {}
      function c() { leaf() }
      function leaf() { unseen() }
      function unseen() {}
      const table = [b]
      function root() { a(); table[0]() }
    `).sort()).toEqual(['a', 'b', 'c', 'leaf', 'root'])
  })

  it('not those that make what a variable starts as', () => {
    expect(reached('function make() {} let rows = make(); function root() { return rows }')).toEqual(['root'])
  })

  it('says which root is not there', () => {
    expect(() => callGraph('function a() {}', ['root'], () => false)).toThrow('root')
  })
})
