// Puts functions that are called seldom together: one function with a number in front of its parameters, which says
// whose body is meant. On an interpreter without bytecode a function takes five variables of memory and one more for
// each parameter, and this many only once for all of them; a call reads past the other bodies, some 75 instructions a
// character. So a group (lists/groups.mjs) is made of what is called together and seldom, or is short. For extensions,
// whose functions see more than the top level: what does not is kept out of memory whole (cold.mjs).
//
// Reads code lowered to ES5 with its long names: functions are declared at the top level, variables are `var`s.
import { soleExpression } from '../ast.mjs'
import { applyEdits, editsWithin } from '../edits.mjs'
import { alwaysReturns } from '../leaving.mjs'
import { findMembers, renameEdits } from '../members.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {import('../types').Edit} Edit */
/** @typedef {import('../scope.mjs').Scope} Scope */

/** @typedef {import('../members.mjs').Member} Member */

/** A function's body in a group. */
/** @typedef {{ text: string, isExpression: boolean, leaves: boolean }} Body */

const GROUP_NAME = 'seldom'

/**
 * Edits that make calls of a function calls of its group.
 * @param {string} code
 * @param {Node[]} calls
 * @param {string} group
 * @param {number} index
 */
function callEdits (code, calls, group, index) {
  return calls.flatMap(({ callee, arguments: given }) => {
    const open = code.indexOf('(', callee.end) + 1
    return [
      { start: callee.start, end: callee.end, text: group },
      { start: open, end: open, text: `${index}${given.length > 0 ? ',' : ''}` },
    ]
  })
}

/**
 * Whether what follows a function's body in a group is reached only where that body is not meant.
 * @param {Node} node
 */
function leaves (node) {
  const { body } = node.body
  return alwaysReturns(body) || body.length === 1 && body[0].type === 'ExpressionStatement'
}

/**
 * Edits that give a function's parameters and variables the names that all bodies of a group share.
 * @param {Scope} scope
 */
function nameEdits (scope) {
  /** @type {Map<string, string>} */
  const names = new Map()
  scope.node.params.forEach((/** @type {Node} */ { name }, /** @type {number} */ index) =>
    names.set(name, `parameter$${index}`))
  const locals = [...scope.declared.keys()].filter(name => name !== 'arguments' && !names.has(name))
  locals.forEach((name, index) => names.set(name, `local$${index}`))
  return renameEdits(scope, names)
}

/**
 * @param {string} code
 * @param {Scope} scope
 * @param {Edit[]} calls  the edits of calls in all of the code
 * @returns {Body}
 */
function bodyOf (code, scope, calls) {
  const { start, end } = scope.node.body
  const expression = soleExpression(scope.node)
  const part = expression ?? { start: start + 1, end: end - 1 }
  const text = applyEdits(code, editsWithin([...calls, ...nameEdits(scope)], part), part)
  return { text, isExpression: Boolean(expression), leaves: leaves(scope.node) }
}

/** Whether a body is meant, behind those before it. */
const isMeant = (/** @type {number} */ index) => index > 0 ? `which<${index + 1}` : '!which'

/**
 * The group's function: a choice among expressions, or branches of statements, those that always return in front.
 * @param {string} name
 * @param {Body[]} bodies
 * @param {number} parameterCount
 */
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

/**
 * The members of each group that the code has, two at least, in the order of their bodies; by the group's name.
 * @param {string[][]} groups
 * @param {Map<string, Member>} members
 */
function findGroups (groups, members) {
  return groups.map((wanted, number) => {
    const found = wanted.flatMap(name => members.get(name) ?? [])
    const ending = found.filter(({ node }) => leaves(node))
    const merged = [...ending, ...found.filter(member => !ending.includes(member))]
    return { name: `${GROUP_NAME}${number}`, merged }
  }).filter(({ merged }) => merged.length > 1)
}

/**
 * The code with each group as one function.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function mergeSeldom ({ code, tree, root }, { names, use }) {
  const groups = findGroups(names.groups, findMembers(tree))
  const calls = groups.flatMap(({ name, merged }) =>
    merged.flatMap((member, index) => callEdits(code, member.calls, name, index)))
  const scopes = new Map(root.children.map(scope => [scope.node, scope]))
  /** @type {Edit[]} */
  const functions = groups.flatMap(({ name, merged }) => {
    const nodes = merged.map(({ node }) => node)
    for (const { id } of nodes) use('groups', id.name)
    const bodies = nodes.flatMap(node => scopes.get(node) ?? []).map(scope => bodyOf(code, scope, calls))
    const text = groupText(name, bodies, Math.max(...nodes.map(({ params }) => params.length)))
    const first = Math.min(...nodes.map(({ start }) => start))
    return nodes.map(({ start, end }) => ({ start, end, text: start === first ? text : '' }))
  })
  const isOutside = (/** @type {Edit} */ { start }) => !functions.some(edit => edit.start <= start && start < edit.end)
  return applyEdits(code, [...functions, ...calls.filter(isOutside)])
}
