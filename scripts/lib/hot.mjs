// Declares first what an interpreter reads most: the engine looks a global up in a list, from its start, and a name
// further down costs several times as much. The list begins with what the hot path needs, then what stands most often
// in the code.
import { applyEdits, parseChunk } from './ast.mjs'
import { allScopes, buildScopes } from './scope.mjs'

/** Variables of src/port/espruino that every message reads, in this order. */
const HOT = ['NO_ENTRIES', 'turn', 'room', 'inflight']

/** Names that are declared in front. */
const COUNT = 26

/** The names that are used most, in the order in which to declare them. */
export function hotNames (code) {
  const root = buildScopes(parseChunk(code))
  const uses = new Map()
  for (const scope of allScopes(root)) {
    for (const { name } of scope.references) {
      if (scope.find(name) === root) uses.set(name, (uses.get(name) ?? 0) + 1)
    }
  }
  const often = [...uses].sort((a, b) => b[1] - a[1]).map(([name]) => name)
  return [...new Set([...HOT.filter(name => root.declared.has(name)), ...often])].slice(0, COUNT)
}

/** The code with names declared in front, and those that start from 0 set at once: `a=b=c=0`. */
export function declareFirst (names, code) {
  if (names.length === 0) return code
  const startsFromZero = ({ id, init }) => names.includes(id.name) && init?.raw === '0'
  const zeros = []
  const edits = []
  for (const node of parseChunk(code).body) {
    if (node.type !== 'VariableDeclaration' || !node.declarations.some(startsFromZero)) continue
    zeros.push(...node.declarations.filter(startsFromZero).map(({ id }) => `${id.name}=`))
    const rest = node.declarations.filter(declarator => !startsFromZero(declarator))
    const text = rest.map(({ start, end }) => code.slice(start, end)).join(',')
    edits.push({ start: node.start, end: node.end, text: text && `var ${text};` })
  }
  return `var ${names.join(',')};${zeros.length > 0 ? `${zeros.join('')}0;` : ''}${applyEdits(code, edits)}`
}
