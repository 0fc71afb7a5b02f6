// Functions of the language that answer otherwise in the engine than in V8, put under their names.

import { strictJson } from './engine_json'
import { byteText, bytesOfText, engineIndex } from './latin1'
import { windowBytes } from './memory_window'
import type { Realm } from './realm'

type Method<T, A extends unknown[], R = unknown> = (this: T, ...args: A) => R

const TYPES = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
  'Float32Array', 'Float64Array']
/** The engine keeps where a view begins in sixteen bits. */
const VIEW_START_MAX = 65_535

export function adaptFunctions (realm: Realm): void {
  adaptTexts(realm)
  adaptJson(realm)
  adaptArrays(realm)
  adaptViews(realm)
  for (const type of TYPES) adaptConstructor(realm, type)
  // Away from zero.
  realm.builtin<Math>('Math').round = value => value < 0 ? -Math.round(-value) : Math.round(value)
}

function adaptTexts (realm: Realm): void {
  const text = realm.builtin<{ fromCharCode: (...codes: number[]) => string }>('String')
  const fromCharCode = text.fromCharCode
  text.fromCharCode = (...codes) => byteText(fromCharCode(...codes.map(code => code & 0xff)))
  const strings = realm.prototypeOf('String') as Record<string, Method<string, never[]>>
  const { indexOf, replace, split } = strings as unknown as {
    indexOf: Method<string, [unknown, number?], number>, replace: Method<string, [unknown, unknown], string>
    split: Method<string, [unknown]>
  }
  const found: typeof indexOf = function (sought, from) {
    const wanted = String(sought)
    return engineIndex(indexOf.call(this, wanted, from), this.length, wanted, at => this.slice(at))
  }
  Object.assign(strings, {
    indexOf: found,
    includes (this: string, sought: unknown, from?: number) { return found.call(this, sought, from) >= 0 },
    // Of ASCII alone.
    toLowerCase (this: string) { return this.replace(/[A-Z]+/g, lowered) },
    toUpperCase (this: string) { return this.replace(/[a-z]+/g, raised) },
    trim (this: string) { return /^[\t-\r ]*([^]*?)[\t-\r ]*$/.exec(this)![1] },
    concat (this: string, ...parts: unknown[]) { return this + parts.filter(part => part !== undefined).join('') },
    split (this: string, separator: unknown) { return split.call(this, separator) },
    // Only $ and a digit stand for something, and that in what replaces a regular expression; else functions are texts.
    replace (this: string, sought: unknown, put: unknown) {
      if (typeof sought !== 'object') return replace.call(this, sought, () => String(put))
      return replace.call(this, sought, typeof put === 'function' ? put : String(put).replace(/\$(?!\d)/g, '$$$$'))
    },
  })
}

const lowered = (part: string): string => part.toLowerCase()
const raised = (part: string): string => part.toUpperCase()

function adaptJson (realm: Realm): void {
  type Parse = (text: unknown) => unknown
  type Stringify = (value: unknown, replacer?: unknown, indent?: unknown) => string | undefined
  const json = realm.builtin<{ parse: Parse, stringify: Stringify }>('JSON')
  const { parse, stringify } = json
  json.parse = text => {
    const strict = strictJson(String(text))
    return strict && parse(strict)
  }
  const plain = (_: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value
  json.stringify = (value, _, indent) => {
    const isText = typeof value === 'string' || windowBytes(value) !== undefined
    return (isText ? stringify(String(value)) : stringify(value, plain, indent) ?? 'null')!.replace(ESCAPED, escapeByte)
  }
}

/** What JSON has that is not printable ASCII, and how V8 writes what is below it. */
const ESCAPED = /\\\\|\\u00([01][0-9a-f])|[^\x20-\x7e\n]/g

function escapeByte (found: string, control?: string): string {
  if (found === '\\\\') return found
  const code = control ?? (found.charCodeAt(0) & 0xff).toString(16)
  return `\\u${code.toUpperCase().padStart(4, '0')}`
}

function adaptArrays (realm: Realm): void {
  const arrays = realm.prototypeOf('Array') as { indexOf: Method<unknown[], [unknown, number?], number> }
  const { indexOf } = arrays
  arrays.indexOf = function (value, from = 0) { return indexOf.call(this, value, Math.max(0, from)) }
}

function adaptViews (realm: Realm): void {
  type View = Uint8Array
  const views = realm.prototypeOf('TypedArray') as Record<'set' | 'subarray' | 'slice', unknown>
  const set = views.set as Method<View, [ArrayLike<number>, number]>
  const subarray = views.subarray as Method<View, [unknown, unknown], View>
  const List = realm.builtin<{ prototype: { slice: Method<ArrayLike<number>, unknown[]> } }>('Array')
  const { slice } = List.prototype
  Object.assign(views, {
    // A string gives its bytes; what does not fit is left out without a word, all of it where it begins outside.
    set (this: View, source: unknown, at: unknown) {
      const values = valuesOf(source)
      const from = Math.trunc(Number(at ?? 0)) || 0
      const room = from < 0 ? 0 : Math.max(0, this.length - from)
      if (room > 0) set.call(this, values.length > room ? Array.prototype.slice.call(values, 0, room) : values, from)
    },
    // One that ends behind its memory shows what is none of its own there, and may end the engine.
    subarray (this: View, begin: unknown, end: unknown) {
      if (typeof end === 'number' && end > this.length && Number(begin) < end) {
        throw new RangeError(`a view up to ${end} of an array of ${this.length}`)
      }
      return viewed(subarray.call(this, begin, typeof end === 'number' ? end : undefined))
    },
    /** A list, and no typed array. */
    slice (this: View, ...range: unknown[]) { return slice.apply(this, range) },
  })
}

function viewed (view: Uint8Array): Uint8Array {
  if (view.byteOffset > VIEW_START_MAX) throw new Error('byteOffset too large (or negative)')
  return view
}

function valuesOf (source: unknown): ArrayLike<number> {
  if (typeof source === 'string') return bytesOfText(source)
  const shown = windowBytes(source)
  if (shown) return shown
  if (isBuffer(source)) return new Uint8Array(source)
  if (Array.isArray(source) || ArrayBuffer.isView(source)) return source as unknown as ArrayLike<number>
  throw new Error(`First argument must be Array, not ${typeof source}`)
}

const isBuffer = (value: unknown): value is ArrayBuffer =>
  Object.prototype.toString.call(value) === '[object ArrayBuffer]'

/** A constructor of typed arrays: a length of 0 is all that there is, and what is no source is an error. */
function adaptConstructor (realm: Realm, name: string): void {
  const original = realm.builtin<Uint8ArrayConstructor>(name)
  const construct = (target: Uint8ArrayConstructor, args: [unknown, number?, number?], made: unknown): object => {
    const [source, at, size] = args
    if (!isBuffer(source)) {
      const isSource = typeof source === 'number' || Array.isArray(source) || ArrayBuffer.isView(source)
      if (!isSource) throw new Error(`Unsupported first argument of type ${typeof source}`)
      return Reflect.construct(target, [source], made as typeof target) as object
    }
    return viewed(Reflect.construct(target, [source, at, size || undefined], made as typeof target) as Uint8Array)
  }
  const adapted = new Proxy(original, { construct })
  // Methods make views by the language's own.
  Object.defineProperty(original, Symbol.species, { value: original })
  Object.defineProperty(original.prototype, 'constructor', { value: adapted, writable: true })
  Object.defineProperty(realm.globals, name, { value: adapted, writable: true })
}
