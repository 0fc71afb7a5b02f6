// The JavaScript realm that a simulated board's code runs in: the language as far as the engine has it, and where
// the engine does something else under the same name, that.

import { createContext, runInContext } from 'node:vm'
import type { Context } from 'node:vm'
import { LANGUAGE_GLOBALS, METHODS, STATICS } from './engine_api'
import { adaptFunctions } from './engine_functions'
import { ACCESS_PRELUDE, accessText } from './element_access'
import { programText } from './program_text'
import { engineStacks, type FunctionSource } from './stack'
import type { BoardObject } from './event_queue'

/** Names that every function or prototype keeps: V8 needs them, and the engine has no use for them. */
const KEPT_OF_FUNCTIONS = ['prototype', 'length', 'name']
const KEPT_OF_PROTOTYPES = ['constructor']

/** What the language itself reads where a program asks for something else: `replace` and `match` the flags. */
const READ_WITHIN: Record<string, string[]> = {
  RegExp: ['flags', 'global', 'ignoreCase', 'multiline', 'dotAll', 'unicode', 'unicodeSets', 'sticky', 'hasIndices'],
}

type Names = Record<string, unknown>
/** What sees the names of a scope. */
type Evaluate = (code: string) => unknown

export class Realm {
  readonly globals: Names
  private readonly context: Context
  /** What was made by Function, by the names under which it runs. */
  private readonly sources = new Map<string, FunctionSource>()
  /** The language's own, which sees the names around a call that calls it so. */
  private readonly evaluate: unknown

  constructor () {
    this.globals = {}
    this.context = createContext(this.globals)
    this.evaluate = runInContext('eval', this.context)
    runInContext(ACCESS_PRELUDE, this.context)
    this.prune()
    this.adapt()
    this.keepSources()
    engineStacks(this.builtin('Error'), this.sources)
  }

  /** Runs a piece of program text at the top level. */
  run (code: string, fileName: string): unknown {
    return runInContext(accessText(programText(code)).text, this.context, { filename: fileName })
  }

  /** A global of the language, by name. */
  builtin<T> (name: string): T {
    return this.run(name, name) as T
  }

  /** Takes out what the engine does not have. */
  private prune (): void {
    const names = runInContext('Object.getOwnPropertyNames(globalThis)', this.context) as string[]
    for (const name of names) {
      if (!LANGUAGE_GLOBALS.includes(name)) this.run(`delete globalThis.${name}`, 'prune')
    }
    // Of its own the engine makes another when one is deleted: `delete` only gives memory back.
    for (const name of LANGUAGE_GLOBALS) {
      const value = this.builtin(name)
      if (typeof value === 'function') Object.defineProperty(this.globals, name, { value, writable: true })
    }
    for (const [name, kept] of Object.entries(STATICS)) {
      keepOnly(this.builtin<Names>(name), [...kept, ...KEPT_OF_FUNCTIONS])
    }
    for (const [name, kept] of Object.entries(METHODS)) {
      keepOnly(this.prototypeOf(name), [...kept, ...KEPT_OF_PROTOTYPES, ...READ_WITHIN[name] ?? []])
    }
    for (const name of ['Uint8Array', 'Int16Array', 'Float64Array']) {
      keepOnly(Object.getPrototypeOf(this.builtin<Names>(name)) as Names, KEPT_OF_FUNCTIONS)
    }
  }

  prototypeOf (name: string): Names {
    if (name !== 'TypedArray') return this.builtin<{ prototype: Names }>(name).prototype
    return Object.getPrototypeOf(this.builtin<{ prototype: object }>('Uint8Array').prototype) as Names
  }

  /** Puts the engine's behaviour under the language's names. */
  private adapt (): void {
    adaptFunctions(this)
    // At the top level: the engine's own sees the names around it, which no program should count on.
    const evaluate = (code: unknown): unknown => this.run(String(code), 'eval')
    Object.defineProperty(this.globals, 'eval', { value: evaluate, writable: true })
  }

  /** Functions that are made of a text know where in it they are; of each text one is made, and answered again. */
  private keepSources (): void {
    // By their size: the same few come again and again, and to compare them is less than to hash one.
    const known = new Map<number, { text: string, made: unknown }[]>()
    const wholes = new WeakMap<object, string>()
    const compile = (texts: unknown[]): unknown => {
      const body = String(texts.at(-1) ?? '')
      const parameters = texts.length > 1 ? texts.slice(0, -1).join() : ''
      const text = parameters ? `${parameters}\n${body}` : body
      const alike = known.get(text.length) ?? []
      const before = alike.find(other => other.text === text)
      if (before) return before.made
      const plain = `(function (${parameters}) {\n${withScope(body)}\n})`
      const looking = accessText(plain)
      const whole = looking.text
      const fileName = `Function ${this.sources.size}`
      this.sources.set(fileName, { body, plain, looking })
      // A program of its own sees none of the names around it.
      const maker = `(function (eval) { return ${whole}; })`
      const make = runInContext(maker, this.context, { filename: fileName, lineOffset: -1 }) as (own: unknown) => object
      const made = make(this.evaluate)
      known.set(text.length, [...alike, { text, made }])
      wholes.set(made, whole)
      return made
    }
    const made = function (...texts: unknown[]): unknown { return compile(texts) }
    made.prototype = this.prototypeOf('Function')
    Object.defineProperty(this.globals, 'Function', { value: made, writable: true })
    // The engine keeps a function's text under this name, without its braces.
    Object.defineProperty(made.prototype, '\xffcod', { get: functionBody })
    const within = new WeakMap<Evaluate, Map<object, unknown>>()
    const madeWithin = function (this: object, evaluate: Evaluate): unknown {
      const there = within.get(evaluate) ?? new Map<object, unknown>()
      within.set(evaluate, there)
      if (!there.has(this)) there.set(this, evaluate(wholes.get(this)!))
      return there.get(this)
    }
    Object.defineProperty(made.prototype, WITHIN, { value: madeWithin })
  }

  /** Hangs methods on the prototype of all objects; they are not enumerated. */
  extendObjects (methods: Names): void {
    const prototype = this.prototypeOf('Object')
    for (const [name, value] of Object.entries(methods)) {
      Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: false })
    }
  }

  createObject (prototype?: BoardObject): BoardObject {
    return Object.create(prototype ?? this.prototypeOf('Object')) as BoardObject
  }

  createBytes (bytes: Uint8Array): Uint8Array {
    const Bytes = this.builtin<Uint8ArrayConstructor>('Uint8Array')
    const result = new Bytes(bytes.length)
    Uint8Array.prototype.set.call(result, bytes)
    return result
  }
}

const WITHIN = '\xffwithin'

/**
 * The engine keeps the scope of a function in it, and a program may give it to another one, which then sees the names
 * of that scope (scripts/build/passes/cold.mjs). Here such a one is made again, by the language's own `eval`.
 */
function withScope (body: string): string {
  const given = /([\w$]+)\["\\xffsco"\]=[\w$]+\["\\xffsco"\]/
  if (!given.test(body)) return body
  return `var ${SCOPE}=code=>eval(code);${body.replace(given, (_, made) => `${made}=${made}["${WITHIN}"](${SCOPE})`)}`
}

const SCOPE = '\xffscope'

/** What stands between a function's first brace and its last one. */
function functionBody (this: () => void): string {
  const text = Function.prototype.toString.call(this)
  return text.slice(text.indexOf('{') + 1, text.lastIndexOf('}'))
}

function keepOnly (target: Names, kept: string[]): void {
  for (const name of Object.getOwnPropertyNames(target)) {
    if (!kept.includes(name)) Reflect.deleteProperty(target, name)
  }
}
