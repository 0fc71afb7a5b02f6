// A bundle's state lives at its top level; where several brokers share one process the whole chunk becomes the body
// of a function, and each call of it is a broker of its own. Imports of the host's modules stay outside.
import { patternNames } from '../ast.mjs'
import { applyEdits, TextError } from '../edits.mjs'

/** @typedef {import('../types').Node} Node */

/**
 * Local names that are bound again after they were declared: what leaves the factory must follow them.
 * @param {Node} tree
 */
function changingNames (tree) {
  /** @type {Set<string>} */
  const names = new Set()
  for (const statement of tree.body) {
    if (statement.type !== 'VariableDeclaration' || statement.kind === 'const') continue
    for (const { id } of statement.declarations) for (const name of patternNames(id)) names.add(name)
  }
  return names
}

/**
 * Splits rollup's ES output into imports, exported names and the rest.
 * @param {import('../chunk.mjs').Chunk} chunk
 */
function splitChunk ({ code, tree }) {
  /** @type {string[]} */
  const imports = []
  /** @type {{ local: string, exported: string }[]} */
  const names = []
  /** @type {import('../types').Edit[]} */
  const edits = []
  for (const statement of tree.body) {
    if (statement.type === 'ImportDeclaration') {
      imports.push(code.slice(statement.start, statement.end))
    } else if (statement.type === 'ExportNamedDeclaration' && !statement.declaration && !statement.source) {
      for (const { local, exported } of statement.specifiers) names.push({ local: local.name, exported: exported.name })
    } else if (statement.type.startsWith('Export')) {
      throw new TextError('an export that rollup is not known to write', statement.start)
    } else {
      continue
    }
    edits.push({ start: statement.start, end: statement.end, text: '' })
  }
  return { imports, names, body: applyEdits(code, edits).trim(), changing: changingNames(tree) }
}

/**
 * The chunk without its exports: a script, whose top level is the global or a module's scope.
 * @param {import('../chunk.mjs').Chunk} chunk
 */
export const dropExports = chunk => splitChunk(chunk).body

/**
 * The chunk as `export function name () { ... return { its exports } }`.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function wrapFactory (chunk, { settings: { factoryName } }) {
  const { imports, names, body, changing } = splitChunk(chunk)
  const fields = names.map(({ local, exported }) =>
    changing.has(local) ? `get ${exported} () { return ${local} }` : `${exported}: ${local}`)
  return `${imports.join('\n')}\nexport function ${factoryName} () {\n${body}\nreturn { ${fields.join(', ')} }\n}\n`
}
