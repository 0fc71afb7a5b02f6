// What a bundle's functions assign to: an argument that a moved function cannot change need not be copied.
import { walk } from './ast.mjs'

/** Names that code under a node assigns to. */
export function assignedNames (node) {
  const names = new Set()
  walk(node, child => {
    if (child.type === 'AssignmentExpression' && child.left.type === 'Identifier') names.add(child.left.name)
    if (child.type === 'UpdateExpression' && child.argument.type === 'Identifier') names.add(child.argument.name)
  })
  return names
}

/** By function: the names of the top level that it, or what it calls, assigns to; null: it could be any. */
export function findWrites (tree) {
  const writes = new Map()
  const calls = new Map()
  for (const node of tree.body) {
    if (node.type !== 'FunctionDeclaration') continue
    const called = new Set()
    let isKnown = true
    walk(node.body, child => {
      if (child.type !== 'CallExpression') return
      if (child.callee.type === 'Identifier') called.add(child.callee.name)
      else if (child.callee.computed) isKnown = false
    })
    calls.set(node.id.name, called)
    writes.set(node.id.name, isKnown ? assignedNames(node.body) : null)
  }
  for (let isChanging = true; isChanging;) {
    isChanging = false
    for (const [name, called] of calls) {
      const own = writes.get(name)
      for (const other of own ? called : []) {
        if (!writes.has(other)) continue
        const theirs = writes.get(other)
        const size = own.size
        if (theirs) for (const written of theirs) own.add(written)
        else writes.set(name, null)
        if (!theirs || own.size > size) isChanging = true
        if (!theirs) break
      }
    }
  }
  return writes
}
