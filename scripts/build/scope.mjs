// Which names a bundle declares where, for the rules about names.
import { isReference, patternNames, walk } from './ast.mjs'

/** @typedef {import('./types').Node} Node */

/**
 * A use of a name: its node, the node around it and under which key, and the function that it stands in.
 * @typedef {{ name: string, start: number, node: Node, parent: Node, key: string, scope: Scope }} Reference
 */

const isFunction = (/** @type {Node} */ node) =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)

/** The function that a node's names belong to; blocks are not told apart: a board's bundle has no let. */
export class Scope {
  /**
   * @param {Node} node
   * @param {Scope | null} parent
   */
  constructor (node, parent) {
    this.node = node
    this.parent = parent
    /**
     * Name to where its declaration stands.
     * @type {Map<string, number>}
     */
    this.declared = new Map()
    /**
     * References in this function itself.
     * @type {Reference[]}
     */
    this.references = []
    /** @type {Scope[]} */
    this.children = []
  }

  /**
   * The scope that declares a name, seen from here.
   * @param {string} name
   * @returns {Scope | null}
   */
  find (name) {
    if (this.declared.has(name)) return this
    return this.parent ? this.parent.find(name) : null
  }
}

/**
 * The tree of scopes of a program.
 * @param {Node} program
 */
export function buildScopes (program) {
  const root = new Scope(program, null)
  fill(root, program)
  return root
}

/**
 * @param {Scope} scope
 * @param {Node} node
 */
function declareFunction (scope, node) {
  if (node.type === 'FunctionDeclaration') scope.declared.set(node.id.name, node.start)
  const inner = new Scope(node, scope)
  scope.children.push(inner)
  if (node.type === 'FunctionExpression' && node.id) inner.declared.set(node.id.name, -1)
  inner.declared.set('arguments', -1)
  for (const parameter of node.params) for (const name of patternNames(parameter)) inner.declared.set(name, -1)
  for (const parameter of node.params) fill(inner, parameter)
  // The body of an arrow function may be a name and nothing else.
  fill(inner, node.body, node, 'body')
}

/**
 * @param {Scope} scope
 * @param {string[]} names
 * @param {number} start
 */
function declare (scope, names, start) {
  for (const name of names) if (!scope.declared.has(name)) scope.declared.set(name, start)
}

/**
 * @param {Scope} scope
 * @param {Node} top
 * @param {Node | null} above  what the node stands in
 * @param {string} under  and as what
 */
function fill (scope, top, above = null, under = '') {
  walk(top, (node, parent, key) => {
    if (isFunction(node)) {
      declareFunction(scope, node)
      return false
    }
    if (node.type === 'VariableDeclarator') declare(scope, patternNames(node.id), node.start)
    if (node.type === 'ClassDeclaration') declare(scope, [node.id.name], node.start)
    if (node.type === 'CatchClause' && node.param) declare(scope, patternNames(node.param), -1)
    if (node.type === 'Identifier' && isReference(parent, key)) addReference(scope, node, parent, key)
    return true
  }, above, under)
}

/**
 * @param {Scope} scope
 * @param {Node} node
 * @param {Node} parent
 * @param {string} key
 */
function addReference (scope, node, parent, key) {
  const declares = (parent.type === 'VariableDeclarator' && key === 'id') ||
    (parent.type === 'ClassDeclaration' && key === 'id')
  if (!declares) scope.references.push({ name: node.name, start: node.start, node, parent, key, scope })
}

/**
 * Every scope under one, itself included.
 * @param {Scope} scope
 * @returns {Scope[]}
 */
export function allScopes (scope) {
  return [scope, ...scope.children.flatMap(allScopes)]
}
