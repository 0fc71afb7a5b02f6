// Parsing and walking, for everything that reads a finished chunk: constants, factory, gate.
import { parse } from 'acorn'

/** The syntax tree of a chunk; `source` is 'module' or 'script'. */
export function parseChunk (code, source = 'module') {
  return parse(code, { ecmaVersion: 'latest', sourceType: source, allowReturnOutsideFunction: source === 'script' })
}

/** Calls visit(node, parent, key) for a node and all under it, parents first; false keeps it out of the children. */
export function walk (node, visit, parent = null, key = '') {
  if (visit(node, parent, key) === false) return
  for (const name of Object.keys(node)) {
    const value = node[name]
    if (Array.isArray(value)) {
      for (const child of value) if (child && typeof child.type === 'string') walk(child, visit, node, name)
    } else if (value && typeof value.type === 'string') {
      walk(value, visit, node, name)
    }
  }
}

/** Whether an identifier is read or written as a variable: not a property's name, not a key, not an export's alias. */
export function isReference (parent, key) {
  if (!parent) return false
  if (parent.type === 'MemberExpression') return key !== 'property' || parent.computed
  if (parent.type === 'Property' || parent.type === 'MethodDefinition' || parent.type === 'PropertyDefinition') {
    return key !== 'key' || parent.computed
  }
  if (parent.type === 'ExportSpecifier' || parent.type === 'ImportSpecifier') return false
  if (parent.type === 'LabeledStatement' || parent.type === 'BreakStatement') return false
  return parent.type !== 'ContinueStatement'
}

/** Names that a binding pattern declares. */
export function patternNames (pattern) {
  if (pattern.type === 'Identifier') return [pattern.name]
  if (pattern.type === 'AssignmentPattern') return patternNames(pattern.left)
  if (pattern.type === 'RestElement') return patternNames(pattern.argument)
  if (pattern.type === 'ArrayPattern') return pattern.elements.flatMap(element => element ? patternNames(element) : [])
  return pattern.properties.flatMap(property => patternNames(property.value ?? property.argument))
}

/** The text with [start, end) ranges replaced: edits are { start, end, text } and must not overlap. */
export function applyEdits (code, edits) {
  let result = ''
  let position = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    result += code.slice(position, edit.start) + edit.text
    position = edit.end
  }
  return result + code.slice(position)
}
