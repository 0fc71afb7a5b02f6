// A bundle's state lives at its top level; where several brokers share one process the whole chunk becomes the body
// of a function, and each call of it is a broker of its own. Imports of the host's modules stay outside.
import { applyEdits, parseChunk, patternNames } from './ast.mjs'

/** Local names that are bound again after they were declared: what leaves the factory must follow them. */
function changingNames (tree) {
  const names = new Set()
  for (const statement of tree.body) {
    if (statement.type !== 'VariableDeclaration' || statement.kind === 'const') continue
    for (const { id } of statement.declarations) for (const name of patternNames(id)) names.add(name)
  }
  return names
}

/** Splits rollup's ES output into imports, exported names ({ local, exported }) and the rest. */
export function splitChunk (code) {
  const tree = parseChunk(code)
  const imports = []
  const names = []
  const edits = []
  for (const statement of tree.body) {
    if (statement.type === 'ImportDeclaration') {
      imports.push(code.slice(statement.start, statement.end))
    } else if (statement.type === 'ExportNamedDeclaration' && !statement.declaration && !statement.source) {
      const pairs = statement.specifiers
      names.push(...pairs.map(({ local, exported }) => ({ local: local.name, exported: exported.name })))
    } else if (statement.type.startsWith('Export')) {
      throw new Error(`an export that rollup is not known to write: ${code.slice(statement.start, statement.end)}`)
    } else {
      continue
    }
    edits.push({ start: statement.start, end: statement.end, text: '' })
  }
  return { imports, names, body: applyEdits(code, edits).trim(), changing: changingNames(tree) }
}

/** The chunk as `export function name () { ... return { its exports } }`. */
export function wrapFactory (code, name) {
  const { imports, names, body, changing } = splitChunk(code)
  const fields = names.map(({ local, exported }) =>
    changing.has(local) ? `get ${exported} () { return ${local} }` : `${exported}: ${local}`)
  return `${imports.join('\n')}\nexport function ${name} () {\n${body}\nreturn { ${fields.join(', ')} }\n}\n`
}
