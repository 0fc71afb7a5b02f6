// Writes a function that is one expression in the place of its calls, where the bundle becomes smaller by it: a
// function costs an interpreter five variables of memory, and a call what four additions cost.
//
// Reads what terser has compressed: names are long still, so sizes are counted in tokens.
import { applyEdits, isReference, parseChunk, walk } from './ast.mjs'
import { tokenise } from './tokens.mjs'

/** Characters that a name of the top level and one of a function will have, on average. */
const GLOBAL_NAME_SIZE = 1.7
const LOCAL_NAME_SIZE = 1
/** `,=()` and an arrow around a function's name and expression, and something for its variables. */
const DECLARATION_SIZE = 8

const isFunction = node => /Function/.test(node.type)

function soleExpression (node) {
  if (node.body.body.length !== 1) return null
  const [statement] = node.body.body
  if (statement.type === 'ReturnStatement') return statement.argument
  return statement.type === 'ExpressionStatement' ? statement.expression : null
}

/** What is known of a function's expression: how often each parameter is read, and whether it does something. */
function examine (node) {
  const expression = soleExpression(node)
  if (!expression || node.params.some(({ type }) => type !== 'Identifier')) return null
  const reads = new Map(node.params.map(({ name }) => [name, []]))
  let isPlain = true
  let acts = false
  let first = null
  walk(expression, (child, parent, key) => {
    if (isFunction(child) || child.type === 'ThisExpression') isPlain = false
    if (/^(Call|New|Assignment|Update)Expression$/.test(child.type)) acts = true
    const target = child.type === 'UpdateExpression' ? child.argument : child.left
    if (/^(Assignment|Update)Expression$/.test(child.type) && reads.has(target.name)) isPlain = false
    if (child.type !== 'Identifier' || (parent && !isReference(parent, key))) return
    if (child.name === 'arguments') isPlain = false
    first ??= child
    reads.get(child.name)?.push(child)
  })
  return isPlain ? { node, expression, reads, acts, first, calls: [] } : null
}

/** Whether reading an expression twice, or later, answers the same, as long as nothing acts in between. */
function isPure (node) {
  let pure = true
  walk(node, child => {
    if (/^(Call|New|Assignment|Update)Expression$/.test(child.type) || isFunction(child)) pure = false
  })
  return pure
}

/** Whether an expression reads nothing but a function's own variables: nothing that is called can change it. */
function isOfLocals (node, locals) {
  let isOwn = isPure(node)
  walk(node, child => {
    if (/^(Member|This)Expression$/.test(child.type)) isOwn = false
    if (child.type === 'Identifier' && !locals.has(child.name)) isOwn = false
  })
  return isOwn
}

/** Whether a node is evaluated whenever the expression is, before anything else. */
function comesFirst (expression, node) {
  let found = false
  const visit = (part) => {
    if (part === node) found = true
    const next = part.left ?? part.test ?? part.argument ?? part.object ?? part.expressions?.[0] ?? part.callee
    if (!found && next && part.type !== 'AssignmentExpression') visit(next)
  }
  visit(expression)
  return found
}

function localsOf (top) {
  const names = new Set(top.params?.map(({ name }) => name) ?? [])
  walk(top, node => {
    if (node.type === 'VariableDeclarator') names.add(node.id.name)
  })
  return names
}

/** Whether a call may become the expression: arguments are neither lost, nor done twice, nor done in another order. */
function canReplace (callee, call, top) {
  const locals = localsOf(top)
  const parameters = callee.node.params
  if (call.arguments.length !== parameters.length) return false
  const impure = call.arguments.filter(argument => !isPure(argument))
  let captures = false
  walk(callee.expression, (node, parent, key) => {
    if (node.type !== 'Identifier' || (parent && !isReference(parent, key))) return
    if (!callee.reads.has(node.name) && top.type === 'FunctionDeclaration' && locals.has(node.name)) captures = true
  })
  if (captures) return false
  return call.arguments.every((argument, index) => {
    const reads = callee.reads.get(parameters[index].name)
    const isOwn = argument.type === 'Literal' || top.params && isOfLocals(argument, locals)
    if (isOwn && impure.length === 0) return true
    if (isPure(argument)) return impure.length === 0 && (!callee.acts || reads.length === 1 && reads[0] === callee.first
      && comesFirst(callee.expression, reads[0]))
    return impure.length === 1 && call.arguments.length === 1 && reads.length === 1
      && comesFirst(callee.expression, reads[0])
  })
}

/** Bytes of a piece of code once names are short and words are tokens. */
function sizeOf (code, node, locals) {
  let size = tokenise(code.slice(node.start, node.end)).length
  walk(node, (child, parent, key) => {
    if (child.type !== 'Identifier' || (parent && !isReference(parent, key))) return
    size += (locals.has(child.name) ? LOCAL_NAME_SIZE : GLOBAL_NAME_SIZE) - child.name.length
  })
  return size
}

/** Text of the expression with its parameters replaced, in parentheses that the minifier takes off again. */
function expressionFor (code, callee, call) {
  const edits = []
  callee.node.params.forEach(({ name }, index) => {
    const argument = call.arguments[index]
    for (const { start, end } of callee.reads.get(name)) {
      edits.push({ start, end, text: `(${code.slice(argument.start, argument.end)})` })
    }
  })
  const { start, end } = callee.expression
  const moved = edits.map(edit => ({ ...edit, start: edit.start - start, end: edit.end - start }))
  return `(${applyEdits(code.slice(start, end), moved)})`
}

/** Characters that the bundle loses by replacing all calls. */
function savingOf (code, callee) {
  const parameters = new Set(callee.reads.keys())
  const size = sizeOf(code, callee.expression, parameters)
  const isSequence = /^(Sequence|Assignment|Conditional|Logical|Binary)Expression$/.test(callee.expression.type)
  let saving = DECLARATION_SIZE + GLOBAL_NAME_SIZE + parameters.size * 1.5 + size
  for (const { call, top } of callee.calls) {
    const locals = localsOf(top)
    let added = size + (isSequence ? 1 : 0)
    let spent = GLOBAL_NAME_SIZE + 2 + Math.max(0, call.arguments.length - 1)
    callee.node.params.forEach(({ name }, index) => {
      const argument = sizeOf(code, call.arguments[index], locals)
      spent += argument
      added += callee.reads.get(name).length * (argument - LOCAL_NAME_SIZE)
    })
    saving += spent - added
  }
  return saving
}

function findCalls (tree, found) {
  for (const top of tree.body) {
    walk(top, (node, parent, key) => {
      if (node.type !== 'Identifier' || !found.has(node.name) || node === top.id) return
      if (parent.type === 'ExportSpecifier') found.delete(node.name)
      else if (isReference(parent, key)) {
        const callee = found.get(node.name)
        const isCall = parent.type === 'CallExpression' && key === 'callee' && top !== callee.node
        if (isCall && canReplace(callee, parent, top)) callee.calls.push({ call: parent, top })
        else found.delete(node.name)
      }
    })
  }
}

/** The code with the function replaced that saves most, or null. */
function inlineBest (code) {
  const tree = parseChunk(code)
  const found = new Map()
  for (const node of tree.body) {
    const callee = node.type === 'FunctionDeclaration' && examine(node)
    if (callee) found.set(node.id.name, callee)
  }
  findCalls(tree, found)
  let best = null
  for (const callee of found.values()) {
    const saving = savingOf(code, callee)
    // A call inside another's arguments waits for the next round.
    const isNested = callee.calls.some(({ call }) => callee.calls.some(other =>
      other.call !== call && other.call.start >= call.start && other.call.end <= call.end))
    if (!isNested && saving >= 0 && (best === null || saving > best.saving)) best = { ...callee, saving }
  }
  if (best === null) return null
  return applyEdits(code, [
    { start: best.node.start, end: best.node.end, text: '' },
    ...best.calls.map(({ call }) => ({ start: call.start, end: call.end, text: expressionFor(code, best, call) })),
  ])
}

/** The code with every function of one expression in the place of its calls, where that is no longer. */
export function inlineExpressions (code) {
  for (let next = code; next !== null; next = inlineBest(code)) code = next
  return code
}
