import { describe, expect, it } from 'vitest'
import { boot } from './boot'

/** The value of an expression on a board, or the name of what it throws. */
function evaluate (expression: string): unknown {
  const driver = boot('')
  return driver.board.evaluate(`(function () { try { return ${expression} } catch (e) { return "" + e } })()`)
}

describe('the realm of a simulated board', () => {
  it.each(['Map', 'Set', 'WeakMap', 'Symbol', 'Proxy', 'Reflect', 'BigInt', 'Buffer', 'TextEncoder', 'queueMicrotask',
    'Intl', 'Atomics', 'escape'])('has no %s', name => {
    expect(evaluate(`typeof ${name}`)).toBe('undefined')
  })

  it.each(['Array.from', 'Array.of', 'Object.freeze', 'Object.is', 'Math.imul', 'Math.trunc', 'Math.clz32',
    'Number.isInteger', '[].at', '[].flat', '[].lastIndexOf', '"".at', '"".codePointAt', '"".trimStart',
    'Uint8Array.from', 'Uint8Array.of', 'new Uint8Array(1).copyWithin', 'new Uint8Array(1).lastIndexOf',
    'Promise.race', '(1).toPrecision'])('has no %s', name => {
    expect(evaluate(`typeof ${name}`)).toBe('undefined')
  })

  it.each(['[].slice', '[].findIndex', 'new Uint8Array(1).subarray', 'Object.assign', 'Math.sign', '"".substr',
    'JSON.stringify', 'E.CRC32', 'setInterval', 'digitalWrite', 'getTime', 'function(){}.bind', '({}).on',
  ])('has %s', name => {
    expect(evaluate(`typeof ${name}`)).toBe('function')
  })

  it('replaces and finds every place where an expression says so', () => {
    expect(evaluate('"aXbXc".replace(/x/gi, "-") + "a1b22".match(/[0-9]+/g).join()')).toBe('a-b-c1,22')
  })

  it('keeps a constructor that a program deletes', () => {
    expect(evaluate('(function(){delete Int16Array;return new Int16Array(2).length})()')).toBe(2)
  })

  it('finds a text of which only the beginning is left at the end', () => {
    expect(evaluate('["abcab".indexOf("abd"),"abcab".indexOf("abc",1),"xa".indexOf("ab"),"xa".indexOf("b")].join()'))
      .toBe('3,3,1,-1')
  })

  it('sets bytes of a string, and cuts off what does not fit', () => {
    expect(evaluate('(function(){var u=new Uint8Array(4);u.set("\\xffB",1);u.set("123456",3);return u.join()})()'))
      .toBe('0,255,66,49')
  })

  it('keeps the low byte of a character code', () => {
    expect(evaluate('String.fromCharCode(0x20ac).charCodeAt(0)')).toBe(0xac)
  })

  it('escapes every byte in JSON that is not printable ASCII', () => {
    expect(evaluate('JSON.stringify("a\\x7f\\x80\\xff\\x01")')).toBe('"a\\u007F\\u0080\\u00FF\\u0001"')
  })

  it('answers built-in functions for keys of a dictionary', () => {
    expect(evaluate('typeof ({})["on"]')).toBe('function')
    expect(evaluate('typeof ({})["\\x02on"]')).toBe('undefined')
  })
})

describe('E', () => {
  it('makes a window on an array that shows its bytes as they are now', () => {
    const program = `var u = new Uint8Array(64), N = E.memoryArea(E.getAddressOf(u, true), 64), P = N.substr.bind(N);
      u.set("hello/world", 3);
      print(N.length, N[3], P(3, 5), N.indexOf("/"), P(3, 5) === "hello", N.charCodeAt(4), N.startsWith("world", 9));
      u[3] = 72; print(P(3, 5))`
    expect(boot(program).board.output).toEqual(['64 h hello 8 true 101 true', 'Hello'])
  })

  it('has no address for a small array', () => {
    expect(evaluate('E.getAddressOf(new Uint8Array(19), true)')).toBe(0)
  })

  it('computes CRC-32 of strings and arrays', () => {
    expect(evaluate('E.CRC32("123456789")')).toBe(0xcbf43926)
    expect(evaluate('E.CRC32(new Uint8Array([49,50,51,52,53,54,55,56,57]))')).toBe(0xcbf43926)
  })

  it('joins strings and arrays', () => {
    expect(evaluate('E.toString("ab", new Uint8Array([67, 68]), 69)')).toBe('abCDE')
    expect(evaluate('E.toUint8Array("ab", [1, 2]).join()')).toBe('97,98,1,2')
  })

  it('emits events at the end of the pass, to those who listened when it was queued', () => {
    const program = `var o = {}; o.on("x", function (a) { print("first " + a) }); o.emit("x", 1);
      o.on("x", function (a) { print("second " + a) }); print("after")`
    expect(boot(program).board.output).toEqual(['after', 'first 1'])
  })
})
