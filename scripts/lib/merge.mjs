// Puts functions that are called seldom together: one function with a number in front of its parameters, which says
// whose body is meant. On an interpreter without bytecode a function takes five variables of memory and one more for
// each parameter, and this many only once for all of them; a call reads past the other bodies, some 75 instructions a
// character. So a group is made of what is called together and seldom, or is short.
//
// Reads code lowered to ES5 with its long names: functions are declared at the top level, variables are `var`s.
import { applyEdits, isReference, parseChunk, walk } from './ast.mjs'
import { alwaysReturns } from './inline.mjs'
import { GROUPS } from './merge_groups.mjs'
import { allScopes, buildScopes } from './scope.mjs'

const GROUP_NAME = 'seldom'

/** Whether a function may share its scope and parameters with others. */
function isPlain (node) {
  let plain = node.params.every(({ type }) => type === 'Identifier')
  walk(node.body, child => {
    if (child.type === 'ThisExpression' || child.type === 'Identifier' && child.name === 'arguments') plain = false
  })
  return plain
}

/** The functions of the top level that may be merged, with their calls; one that is also passed around is left out. */
function findMembers (tree) {
  const members = new Map()
  for (const node of tree.body) {
    if (node.type === 'FunctionDeclaration' && isPlain(node)) members.set(node.id.name, { node, calls: [] })
  }
  for (const top of tree.body) {
    walk(top, (node, parent, key) => {
      if (node.type !== 'Identifier' || !members.has(node.name) || node === top.id) return
      if (parent.type === 'CallExpression' && key === 'callee') members.get(node.name).calls.push(parent)
      else if (parent.type === 'ExportSpecifier' || isReference(parent, key)) members.delete(node.name)
    })
  }
  return members
}

/** Edits that make calls of a function calls of its group. */
function callEdits (code, calls, group, index) {
  return calls.flatMap(({ callee, arguments: given }) => {
    const open = code.indexOf('(', callee.end) + 1
    return [
      { start: callee.start, end: callee.end, text: group },
      { start: open, end: open, text: `${index}${given.length > 0 ? ',' : ''}` },
    ]
  })
}

/** Whether what follows a function's body in a group is reached only where that body is not meant. */
function leaves (node) {
  const { body } = node.body
  return alwaysReturns(body) || body.length === 1 && body[0].type === 'ExpressionStatement'
}

/** A function's body with its parameters and variables under the names that all bodies of a group share. */
function bodyOf (code, scope) {
  const names = new Map()
  scope.node.params.forEach(({ name }, index) => names.set(name, `parameter$${index}`))
  const locals = [...scope.declared.keys()].filter(name => name !== 'arguments' && !names.has(name))
  locals.forEach((name, index) => names.set(name, `local$${index}`))
  const edits = []
  const rename = ({ start, end, name }) => edits.push({ start, end, text: names.get(name) })
  for (const inner of allScopes(scope)) {
    for (const { name, node } of inner.references) if (inner.find(name) === scope && names.has(name)) rename(node)
  }
  walk(scope.node.body, node => {
    if (node !== scope.node.body && /Function/.test(node.type)) return false
    if (node.type === 'VariableDeclarator') rename(node.id)
    return true
  })
  const { start, end, body } = scope.node.body
  const sole = body.length === 1 ? body[0] : null
  const expression = sole?.type === 'ReturnStatement' ? sole.argument : sole?.expression
  const part = expression ?? { start: start + 1, end: end - 1 }
  const inside = edits.filter(edit => edit.start >= part.start && edit.end <= part.end)
  const moved = inside.map(edit => ({ ...edit, start: edit.start - part.start, end: edit.end - part.start }))
  const text = applyEdits(code.slice(part.start, part.end), moved)
  return { text, isExpression: Boolean(expression), leaves: leaves(scope.node) }
}

/** Whether a body is meant, behind those before it. */
const isMeant = index => index > 0 ? `which<${index + 1}` : '!which'

/** The group's function: a choice among expressions, or branches of statements, those that always return in front. */
function groupText (name, bodies, parameterCount) {
  const parameters = ['which', ...Array.from({ length: parameterCount }, (_, index) => `parameter$${index}`)]
  const last = bodies.length - 1
  const text = bodies.every(({ isExpression }) => isExpression)
    ? `return ${bodies.map(({ text }, index) => index < last ? `${isMeant(index)}?(${text}):` : `(${text})`).join('')}`
    : bodies.map(({ text, isExpression, leaves }, index) => {
      const body = isExpression ? `return ${text};` : `{${text}}`
      return index < last ? `if(${isMeant(index)})${body}${leaves ? '' : 'else '}` : body
    }).join('')
  return `function ${name}(${parameters.join(',')}){${text}}`
}

function mergeGroup (code, wanted, number) {
  const members = findMembers(parseChunk(code))
  const found = wanted.filter(name => members.has(name))
  if (found.length < 2) return code
  const names = found.filter(name => leaves(members.get(name).node))
  names.push(...found.filter(name => !names.includes(name)))
  const group = `${GROUP_NAME}${number}`
  // What is inserted before a call that is an argument comes before what replaces that call's name.
  const called = applyEdits(code, names.flatMap((name, index) =>
    callEdits(code, members.get(name).calls, group, index)).sort((a, b) => a.end - b.end))
  const tree = parseChunk(called)
  const scopes = buildScopes(tree).children
  const merged = names.map(name => scopes.find(({ node }) => node.id?.name === name))
  const text = groupText(group, merged.map(scope => bodyOf(called, scope)),
    Math.max(...merged.map(({ node }) => node.params.length)))
  const first = Math.min(...merged.map(({ node }) => node.start))
  return applyEdits(called, merged.map(({ node: { start, end } }) => (
    { start, end, text: start === first ? text : '' })))
}

/** The code with each group of `groups`, lists of names, as one function; names that it lacks are ignored. */
export function mergeSeldom (code, groups = GROUPS) {
  return groups.reduce(mergeGroup, code)
}
