// Puts functions that are called from one place there, where the call stands as a statement of its own. On an
// interpreter a function costs text, a name and five variables of memory, and a call its arguments; terser would wrap
// the body in a function expression instead, which is made anew at each run.
//
// Reads code lowered to ES5: variables are `var`s, functions are declared at the top level.
import { isReference, walk } from '../ast.mjs'
import { applyEdits } from '../edits.mjs'
import { findForm, isPlain, localNames, localsOf, Uses } from '../inlining.mjs'
import { Items } from '../items.mjs'
import { alwaysReturns, elseEdits, isBranching, returnsOf } from '../leaving.mjs'
import { assignedNames, writesOf } from '../writes.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {import('../types').Edit} Edit */
/** @typedef {import('../items.mjs').Item} Item */
/** @typedef {import('../inlining.mjs').Use} Use */
/** @typedef {import('../inlining.mjs').Form} Form */

/**
 * Whether the code around a use may run again within one call.
 * @param {Use} use
 */
function standsInLoop ({ node, parents }) {
  for (let outer = parents.get(node); outer; outer = parents.get(outer)) {
    if (/^(For|While|DoWhile)/.test(outer.type) && outer.test?.value !== 0) return true
  }
  return false
}

/**
 * Edits that write other names in a callee.
 * @param {Node} callee
 * @param {Map<string, string>} names
 * @param {boolean} isInLoop
 */
function nameEdits (callee, names, isInLoop) {
  /** @type {Edit[]} */
  const edits = []
  const loopVariables = new Set()
  walk(callee.body, (node, parent, key) => {
    const name = node.type === 'Identifier' && isReference(parent, key) ? names.get(node.name) : undefined
    if (name !== undefined) edits.push({ start: node.start, end: node.end, text: name })
    if (/^For(In|Of)Statement$/.test(node.type)) loopVariables.add(node.left.declarations?.[0])
    // A call starts with fresh variables, a loop around it does not.
    if (isInLoop && node.type === 'VariableDeclarator' && !node.init && !loopVariables.has(node)) {
      edits.push({ start: node.end, end: node.end, text: ' = void 0' })
    }
  })
  return edits
}

/**
 * Edits that put something else in the place of a callee's returns.
 * @param {Item} item
 * @param {string} keyword  what a value is kept in
 * @param {boolean} breaks  whether they break out of a loop, but for the last
 */
function returnEdits ({ node: callee, code }, keyword, breaks) {
  const last = callee.body.body.at(-1)
  return returnsOf(callee.body).flatMap(node => {
    const leave = breaks && node !== last ? ' break; }' : ''
    if (!node.argument) return [{ start: node.start, end: node.end, text: leave ? 'break;' : '{}' }]
    // In parentheses: the value may be a sequence.
    const valueEnd = code[node.end - 1] === ';' ? node.end - 1 : node.end
    return [
      { start: node.start, end: node.start + 'return'.length, text: `${leave && '{ '}${keyword}(` },
      { start: valueEnd, end: valueEnd, text: ')' }, { start: node.end, end: node.end, text: leave },
    ]
  })
}

/** What is moved, and where to. */
/** @typedef {{ callee: Item, caller: Item, use: Use, form: Form }} Move */

/**
 * Bindings of the callee's parameters; `names` are told what each is called.
 * @param {Move} move
 * @param {Set<string> | null} written  what the callee may assign to
 * @param {Map<string, string>} names
 * @param {() => number} next
 */
function bindParameters ({ callee: { node: callee }, caller, use, form }, written, names, next) {
  const callerLocals = localsOf(use.top)
  const assigned = assignedNames(callee.body)
  const bindings = callee.params.map((/** @type {Node} */ parameter, /** @type {number} */ index) => {
    const argument = form.call.arguments[index]
    const text = argument ? caller.textOf(argument) : 'void 0'
    const isStable = !argument || argument.type === 'Literal'
      || argument.type === 'Identifier' && (callerLocals.has(argument.name) || written && !written.has(argument.name))
    const isKept = isStable && !assigned.has(parameter.name)
    const name = isKept ? text : `${parameter.name}$i${next()}`
    names.set(parameter.name, name)
    return isKept ? '' : `var ${name} = ${text};\n`
  })
  return bindings.join('')
}

/**
 * The callee's statements with its names made the caller's own, and the bindings of its parameters in front.
 * @param {Move} move
 * @param {Set<string> | null} written
 * @param {() => number} next
 */
function bodyFor (move, written, next) {
  const { callee, form: { kind, target: given }, use } = move
  const { body } = callee.node
  const names = new Map([...localNames(body)].map(name => [name, `${name}$i${next()}`]))
  const bindings = bindParameters(move, written, names, next)
  const edits = nameEdits(callee.node, names, standsInLoop(use))
  const returns = kind === 'return' ? [] : returnsOf(body)
  const isNested = returns.length > 1 || returns.length === 1 && returns[0] !== body.body.at(-1)
  const breaks = isNested && !isBranching(body.body)
  if (isNested && !breaks) elseEdits(body.body, edits)
  // Declared in front of the branches: the engine does not hoist.
  const isDeclared = isNested && given?.startsWith('var ')
  const declared = isDeclared ? `${given?.slice(0, -2)};\n` : ''
  const target = isDeclared ? given?.slice(4) : given
  if (kind !== 'return') edits.push(...returnEdits(callee, kind === 'assign' ? `${target} ` : '', breaks))
  const text = applyEdits(callee.code, edits, { start: body.start + 1, end: body.end - 1 })
  const end = kind === 'return' && !alwaysReturns(body.body) ? '\nreturn;' : ''
  return declared + bindings + (breaks ? `do {\n${text}\n} while (0);` : text) + end
}

/**
 * Functions that a hot one seldom calls stay where they are (lists/apart.mjs), since an interpreter without bytecode
 * reads what it skips; so do those that others are nested in.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function inlineCalls (chunk, { names: { apart, hosts }, use: tell }) {
  const program = new Items(chunk)
  const uses = new Uses()
  const forms = new Map()
  let serial = 0
  for (const item of program.all) uses.add(item)
  /** The first function that can be moved, or null. */
  const findMove = () => {
    for (const callee of program.all) {
      const found = isPlain(callee.node) ? uses.onlyUse(callee.node.id.name) : null
      const form = found && findForm(callee, found.use, forms)
      if (!form) continue
      const { name } = callee.node.id
      if (apart.includes(name)) tell('apart', name)
      else if (!hosts.includes(name)) return { callee, ...found, form }
    }
    return null
  }
  for (let move = findMove(); move; move = findMove()) {
    const { callee, caller, form: { statement: { start, end } } } = move
    const written = writesOf(program.functions, callee.node.id.name)
    uses.remove(callee)
    uses.remove(caller)
    caller.edit([{ start, end, text: `{\n${bodyFor(move, written, () => ++serial)}\n}` }])
    uses.add(caller)
    program.remove(callee)
  }
  return program.text
}
