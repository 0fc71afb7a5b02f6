// Whether a function can stand in the place of its only call, and how: for passes/inline.mjs.
import { isFunction, isReference, perNode, walk } from './ast.mjs'
import { alwaysReturns, canBreak, isBranching, returnsOf } from './leaving.mjs'

/** @typedef {import('./types').Node} Node */
/** @typedef {import('./items.mjs').Item} Item */

/** A use of a name: the nodes around it by those in them, and the top level's statement. */
/** @typedef {{ node: Node, parents: Map<Node, Node>, top: Node }} Use */

/** How a call stands, and what its value is kept in. */
/** @typedef {{ kind: 'return' | 'statement' | 'assign', call: Node, statement: Node, target?: string }} Form */

/** Names that code under a node declares by `var`, at any depth but in functions of its own. */
export const localNames = perNode(node => {
  /** @type {Set<string>} */
  const names = new Set()
  walk(node, child => {
    if (isFunction(child) && child !== node) return false
    if (child.type === 'VariableDeclarator') names.add(child.id.name)
    return true
  })
  return names
})

/** Whether a statement is a function that may be moved: no `this`, no functions of its own. */
export const isPlain = perNode(node => {
  if (node.type !== 'FunctionDeclaration') return false
  let plain = true
  walk(node.body, child => {
    if (child.type === 'ThisExpression' || isFunction(child)) plain = false
    if (child.type === 'Identifier' && child.name === 'arguments') plain = false
  })
  return plain
})

/** By name: where a statement of the top level uses it, null where it exports it: no call can take that place. */
const usesIn = perNode(top => {
  /** @type {Map<string, (Use | null)[]>} */
  const uses = new Map()
  /** @type {Map<Node, Node>} */
  const parents = new Map()
  walk(top, (node, parent, key) => {
    parents.set(node, parent)
    if (node.type !== 'Identifier' || node === top.id) return
    const isExport = parent.type === 'ExportSpecifier'
    if (!isExport && !isReference(parent, key)) return
    const list = uses.get(node.name) ?? []
    list.push(isExport ? null : { node, parents, top })
    uses.set(node.name, list)
  })
  return uses
})

/**
 * How the call stands, or null where nothing can take its place.
 * @param {Use} use
 * @param {Node} callee
 * @returns {Form | null}
 */
function formOf (use, callee) {
  const parentOf = (/** @type {Node} */ node) => /** @type {Node} */ (use.parents.get(node))
  const call = parentOf(use.node)
  if (call?.type !== 'CallExpression' || call.callee !== use.node || use.top === callee) return null
  const holder = parentOf(call)
  const place = (/** @type {Node} */ statement) => {
    const list = statement && parentOf(statement)
    return /BlockStatement|IfStatement|WhileStatement|ForStatement/.test(list?.type ?? '')
      && statement !== list.init && statement !== list.test && statement !== list.update
  }
  const body = callee.body.body
  const returns = returnsOf(callee.body)
  if (holder.type === 'ReturnStatement' && place(holder)) return { kind: 'return', call, statement: holder }
  const isStraight = returns.length === 0 || returns.length === 1 && body.at(-1) === returns[0]
  if (!isStraight && !isBranching(body) && !canBreak(callee)) return null
  if (!isStraight && !alwaysReturns(body) && returns.some(node => node.argument)) return null
  if (holder.type === 'ExpressionStatement' && place(holder)) return { kind: 'statement', call, statement: holder }
  if (returns.length === 0) return null
  if (holder.type === 'AssignmentExpression' && holder.operator === '=' && holder.left.type === 'Identifier') {
    const statement = parentOf(holder)
    if (statement.type === 'ExpressionStatement' && place(statement)) {
      return { kind: 'assign', call, statement, target: `${holder.left.name} =` }
    }
  }
  if (holder.type === 'VariableDeclarator') {
    const statement = parentOf(holder)
    if (statement.declarations.length === 1 && place(statement)) {
      return { kind: 'assign', call, statement, target: `var ${holder.id.name} =` }
    }
  }
  return null
}

export const localsOf = perNode(top =>
  new Set([...localNames(top), ...top.params.map((/** @type {Node} */ { name }) => name)]))

/**
 * Whether a name that the callee has from outside is a local of the caller.
 * @param {Node} callee
 * @param {Node} caller
 */
function wouldCapture (callee, caller) {
  const own = new Set([...localNames(callee.body), ...callee.params.map((/** @type {Node} */ { name }) => name)])
  const locals = localsOf(caller)
  let captures = false
  walk(callee.body, (node, parent, key) => {
    if (node.type !== 'Identifier' || !isReference(parent, key)) return
    if (!own.has(node.name) && locals.has(node.name)) captures = true
  })
  return captures
}

/** Where the statements of a program use each name. */
export class Uses {
  /** @type {Map<string, Map<Use | null, Item>>} */
  #byName = new Map()

  /** @param {Item} item */
  add (item) {
    for (const [name, uses] of usesIn(item.node)) {
      const known = this.#byName.get(name) ?? new Map()
      for (const use of uses) known.set(use, item)
      this.#byName.set(name, known)
    }
  }

  /** @param {Item} item */
  remove (item) {
    for (const [name, uses] of usesIn(item.node)) for (const use of uses) this.#byName.get(name)?.delete(use)
  }

  /**
   * The only use of a name, and what it stands in; null where there are more, or an export.
   * @param {string} name
   */
  onlyUse (name) {
    const known = this.#byName.get(name)
    if (known?.size !== 1) return null
    const [[use, caller]] = known
    return use && { use, caller }
  }
}

/**
 * How a function moves to its only call, or null. What is not known yet is left in `forms`.
 * @param {Item} callee
 * @param {Use} use
 * @param {Map<Use, { node: Node, form: Form | null }>} forms
 */
export function findForm (callee, use, forms) {
  const known = forms.get(use)
  if (known?.node === callee.node) return known.form
  const isIn = use.top.type === 'FunctionDeclaration'
  const found = isIn ? formOf(use, callee.node) : null
  const form = found && !wouldCapture(callee.node, use.top) ? found : null
  forms.set(use, { node: callee.node, form })
  return form
}
