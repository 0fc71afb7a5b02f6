// Puts functions that are called from one place there, where the call stands as a statement of its own. On an
// interpreter a function costs text, a name and five variables of memory, and a call its arguments; terser would wrap
// the body in a function expression instead, which is made anew at each run.
//
// Reads code lowered to ES5: variables are `var`s, functions are declared at the top level.
import { applyEdits, isReference, parseChunk, walk } from './ast.mjs'
import { HOSTS } from './nest.mjs'
import { assignedNames, findWrites } from './writes.mjs'

/** Names that code under a node declares by `var`, at any depth but in functions of its own. */
function localNames (node) {
  const names = new Set()
  walk(node, child => {
    if (/Function/.test(child.type) && child !== node) return false
    if (child.type === 'VariableDeclarator') names.add(child.id.name)
    return true
  })
  return names
}

/** Whether a statement list always leaves by return. */
export function alwaysReturns (statements) {
  const last = statements.at(-1)
  if (!last) return false
  if (last.type === 'ReturnStatement') return true
  if (last.type === 'BlockStatement') return alwaysReturns(last.body)
  if (last.type !== 'IfStatement' || !last.alternate) return false
  return [last.consequent, last.alternate].every(branch => alwaysReturns([branch]))
}

function returnsOf (node) {
  const found = []
  walk(node, child => {
    if (/Function/.test(child.type)) return false
    if (child.type === 'ReturnStatement') found.push(child)
    return true
  })
  return found
}

/**
 * Functions that a hot one seldom calls: they stay where they are, since an interpreter without bytecode reads what it
 * skips. So do those that others are nested in.
 */
const APART = ['receive', 'decodeConnect', 'authenticate', 'connectJudge', ...HOSTS]

/** Functions at the top level that may be moved: no `this`, no functions of their own, plain parameters. */
function candidates (tree) {
  const found = new Map()
  for (const node of tree.body) {
    if (node.type !== 'FunctionDeclaration' || APART.includes(node.id.name)) continue
    let isPlain = true
    walk(node.body, child => {
      if (child.type === 'ThisExpression' || /Function/.test(child.type)) isPlain = false
      if (child.type === 'Identifier' && child.name === 'arguments') isPlain = false
    })
    if (isPlain) found.set(node.id.name, { node, uses: [] })
  }
  return found
}

/** Fills in where each candidate is used: its parents from the use upwards, and the function around it. */
function findUses (tree, found) {
  for (const top of tree.body) {
    const parents = new Map()
    walk(top, (node, parent, key) => {
      parents.set(node, parent)
      if (node.type !== 'Identifier' || !found.has(node.name) || node === top.id) return
      // An export is a use that no call can take the place of.
      if (parent.type === 'ExportSpecifier') found.delete(node.name)
      else if (isReference(parent, key)) found.get(node.name).uses.push({ node, parents, top })
    })
  }
}

/** How the call stands: 'return', 'statement' or 'assign', with the statement; or null. */
function formOf (use, callee) {
  const call = use.parents.get(use.node)
  if (call?.type !== 'CallExpression' || call.callee !== use.node || use.top === callee) return null
  const holder = use.parents.get(call)
  const place = (statement) => {
    const list = use.parents.get(statement)
    return statement && /BlockStatement|IfStatement|WhileStatement|ForStatement/.test(list?.type ?? '')
      && statement !== list.init && statement !== list.test && statement !== list.update
  }
  const body = callee.body.body
  const returns = returnsOf(callee.body)
  if (holder.type === 'ReturnStatement' && place(holder)) return { kind: 'return', call, statement: holder }
  const isStraight = returns.length === 0 || returns.length === 1 && body.at(-1) === returns[0]
  if (!isStraight && !isBranching(body) && !canBreak(callee, returns, body)) return null
  if (!isStraight && !alwaysReturns(body) && returns.some(node => node.argument)) return null
  if (holder.type === 'ExpressionStatement' && place(holder)) return { kind: 'statement', call, statement: holder }
  if (returns.length === 0) return null
  if (holder.type === 'AssignmentExpression' && holder.operator === '=' && holder.left.type === 'Identifier') {
    const statement = use.parents.get(holder)
    if (statement.type === 'ExpressionStatement' && place(statement)) {
      return { kind: 'assign', call, statement, target: `${holder.left.name} =` }
    }
  }
  if (holder.type === 'VariableDeclarator') {
    const statement = use.parents.get(holder)
    if (statement.declarations.length === 1 && place(statement)) {
      return { kind: 'assign', call, statement, target: `var ${holder.id.name} =` }
    }
  }
  return null
}

/** Whether a name that the callee has from outside is a local of the caller. */
function wouldCapture (callee, use) {
  const own = localNames(callee.body)
  for (const parameter of callee.params) own.add(parameter.name)
  const locals = localsOf(use.top)
  let captures = false
  walk(callee.body, (node, parent, key) => {
    if (node.type !== 'Identifier' || !isReference(parent, key)) return
    if (!own.has(node.name) && locals.has(node.name)) captures = true
  })
  return captures
}

function localsOf (top) {
  const names = localNames(top)
  for (const parameter of top.params) names.add(parameter.name)
  return names
}

/** Whether every return can become a `break` out of a `do {} while (0)`: none in a loop, and a return at the end. */
function canBreak (callee, returns, body) {
  if (!alwaysReturns(body) && returns.some(node => node.argument)) return false
  let isFree = true
  walk(callee.body, node => {
    if (/^(For|While|DoWhile|Switch)/.test(node.type) && returnsOf(node).length > 0) isFree = false
  })
  return isFree
}

const listOf = node => node.type === 'BlockStatement' ? node.body : [node]

/** Whether returns only end branches, so that what follows a branch that returns can become its `else`. */
function isBranching (statements) {
  return statements.every((node, index) => {
    if (returnsOf(node).length === 0) return true
    const isLast = index === statements.length - 1
    if (node.type === 'ReturnStatement') return isLast
    if (node.type === 'BlockStatement') return isLast && isBranching(node.body)
    if (node.type !== 'IfStatement') return false
    if (!isLast && (node.alternate || !alwaysReturns(listOf(node.consequent)))) return false
    return [node.consequent, node.alternate].every(branch => !branch || isBranching(listOf(branch)))
  })
}

/** Edits that put what follows a branch that returns into its `else`. */
function elseEdits (statements, edits) {
  statements.forEach((node, index) => {
    if (returnsOf(node).length === 0) return
    if (node.type === 'BlockStatement') elseEdits(node.body, edits)
    if (node.type !== 'IfStatement') return
    for (const branch of [node.consequent, node.alternate]) if (branch) elseEdits(listOf(branch), edits)
    if (index === statements.length - 1) return
    edits.push({ start: node.end, end: node.end, text: ' else {\n' })
    edits.push({ start: statements.at(-1).end, end: statements.at(-1).end, text: '\n}' })
  })
}

/** Whether the code around a use may run again within one call. */
function standsInLoop ({ node, parents }) {
  for (let outer = parents.get(node); outer; outer = parents.get(outer)) {
    if (/^(For|While|DoWhile)/.test(outer.type) && outer.test?.value !== 0) return true
  }
  return false
}

let serial = 0

/** The callee's statements with its names made the caller's own, and the bindings of its parameters in front. */
function bodyFor (code, callee, form, use, written) {
  const callerLocals = localsOf(use.top)
  const assigned = assignedNames(callee.body)
  const names = new Map([...localNames(callee.body)].map(name => [name, `${name}$i${++serial}`]))
  const bindings = callee.params.map((parameter, index) => {
    const argument = form.call.arguments[index]
    const text = argument ? code.slice(argument.start, argument.end) : 'void 0'
    const isStable = !argument || argument.type === 'Literal'
      || argument.type === 'Identifier' && (callerLocals.has(argument.name) || written && !written.has(argument.name))
    if (isStable && !assigned.has(parameter.name)) {
      names.set(parameter.name, text)
      return ''
    }
    names.set(parameter.name, `${parameter.name}$i${++serial}`)
    return `var ${names.get(parameter.name)} = ${text};\n`
  })
  const edits = []
  const isInLoop = standsInLoop(use)
  const loopVariables = new Set()
  walk(callee.body, (node, parent, key) => {
    if (node.type === 'Identifier' && names.has(node.name) && isReference(parent, key)) {
      edits.push({ start: node.start, end: node.end, text: names.get(node.name) })
    }
    if (/^For(In|Of)Statement$/.test(node.type)) loopVariables.add(node.left.declarations?.[0])
    // A call starts with fresh variables, a loop around it does not.
    if (isInLoop && node.type === 'VariableDeclarator' && !node.init && !loopVariables.has(node)) {
      edits.push({ start: node.end, end: node.end, text: ' = void 0' })
    }
  })
  const last = callee.body.body.at(-1)
  const returns = form.kind === 'return' ? [] : returnsOf(callee.body)
  const isNested = returns.length > 1 || returns.length === 1 && returns[0] !== last
  const breaks = isNested && !isBranching(callee.body.body)
  if (isNested && !breaks) elseEdits(callee.body.body, edits)
  // Declared in front of the branches: the engine does not hoist.
  const declared = isNested && form.target?.startsWith('var ') ? `${form.target.slice(0, -2)};\n` : ''
  const target = declared ? form.target.slice(4) : form.target
  for (const node of returns) {
    const keyword = form.kind === 'assign' ? `${target} ` : ''
    const leave = breaks && node !== last ? ' break; }' : ''
    if (node.argument) {
      // In parentheses: the value may be a sequence.
      const valueEnd = code[node.end - 1] === ';' ? node.end - 1 : node.end
      edits.push({ start: node.start, end: node.start + 'return'.length, text: `${leave && '{ '}${keyword}(` })
      edits.push({ start: valueEnd, end: valueEnd, text: ')' })
    } else edits.push({ start: node.start, end: node.end, text: leave ? 'break;' : '{}' })
    if (node.argument && leave) edits.push({ start: node.end, end: node.end, text: leave })
  }
  const offset = callee.body.start + 1
  const inner = code.slice(offset, callee.body.end - 1)
  const moved = edits.map(edit => ({ ...edit, start: edit.start - offset, end: edit.end - offset }))
  const end = form.kind === 'return' && !alwaysReturns(callee.body.body) ? '\nreturn;' : ''
  const text = applyEdits(inner, moved)
  return declared + bindings.join('') + (breaks ? `do {\n${text}\n} while (0);` : text) + end
}

/** Moves one function, or answers null. */
function inlineOne (code) {
  const tree = parseChunk(code)
  const found = candidates(tree)
  const writes = findWrites(tree)
  findUses(tree, found)
  for (const { node: callee, uses } of found.values()) {
    if (uses.length !== 1 || uses[0].top.type !== 'FunctionDeclaration') continue
    const form = formOf(uses[0], callee)
    if (!form || wouldCapture(callee, uses[0])) continue
    const text = `{\n${bodyFor(code, callee, form, uses[0], writes.get(callee.id.name))}\n}`
    return applyEdits(code, [
      { start: form.statement.start, end: form.statement.end, text },
      { start: callee.start, end: callee.end, text: '' },
    ])
  }
  return null
}

/** The code with every function in the place of its only call, where that is a statement. */
export function inlineCalls (code) {
  for (let next = code; next !== null; next = inlineOne(code)) code = next
  return code
}
