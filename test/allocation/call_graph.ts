// Which functions of a bundle can run once it has started: from the runtime's calls on, through every function that is
// named, called or not, and through the tables of functions that are named.
import type { Node } from 'acorn'
import { isReference, parseChunk, walk } from '../../scripts/build/ast.mjs'

type Named = Node & { id: { name: string } }
type Declaration = Node & { declarations: { id: { name: string }, init: Node | null }[] }

export interface CallGraph {
  /** Functions at the top of the bundle, by name. */
  functions: Map<string, Node>
  /** Those that can run, each with the function that names it; the roots name themselves. */
  reached: Map<string, string>
}

/** Everything at the top of a bundle that has a name: functions, and variables with what they start as. */
function topLevel(tree: { body: Node[] }): { functions: Map<string, Node>, variables: Map<string, Node> } {
  const functions = new Map<string, Node>()
  const variables = new Map<string, Node>()
  for (const statement of tree.body) {
    if (statement.type === 'FunctionDeclaration') functions.set((statement as Named).id.name, statement)
    if (statement.type !== 'VariableDeclaration') continue
    for (const { id, init } of (statement as Declaration).declarations) if (init) variables.set(id.name, init)
  }
  return { functions, variables }
}

/** Names that a piece of a program uses as variables. What a variable starts as is not called again: see `isStart`. */
function namesIn(node: Node, isStart: boolean): Set<string> {
  const names = new Set<string>()
  walk(node, (inner: Node & { name?: string }, parent: Node, key: string) => {
    if (isStart && /^(Call|New)Expression$/.test(inner.type)) return false
    if (inner.type === 'Identifier' && isReference(parent, key)) names.add(inner.name!)
    return true
  })
  return names
}

/** `isLeaf`: functions that are not looked into. */
export function callGraph(code: string, roots: string[], isLeaf: (name: string) => boolean): CallGraph {
  const { functions, variables } = topLevel(parseChunk(code) as unknown as { body: Node[] })
  const missing = roots.filter((root) => !functions.has(root))
  if (missing.length > 0) throw new Error(`the bundle has no function ${missing.join(', ')}`)
  const reached = new Map(roots.map((root) => [root, root]))
  const seen = new Set<string>()
  const waiting = [...roots]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = functions.get(name) ?? variables.get(name)
    if (!node || seen.has(name) || isLeaf(name)) continue
    seen.add(name)
    for (const used of namesIn(node, !functions.has(name))) {
      if (functions.has(used) && !reached.has(used)) reached.set(used, name)
      waiting.push(used)
    }
  }
  return { functions, reached }
}
