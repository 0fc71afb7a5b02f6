// Declares first what an interpreter reads most: the engine looks a global up in a list, from its start, and a name
// further down costs several times as much. The list begins with what the hot path needs, then what stands most often
// in the code.
import { parseChunk } from './ast.mjs'
import { allScopes, buildScopes } from './scope.mjs'

/** Variables of src/port/espruino that every message reads, in this order. */
const HOT = ['NO_ENTRIES', 'unseen', 'turn', 'room', 'inflight']

/** Names that are declared in front. */
const COUNT = 60

/** The code with its most used names declared in front. */
export function declareHotFirst (code) {
  const root = buildScopes(parseChunk(code))
  const uses = new Map()
  for (const scope of allScopes(root)) {
    for (const { name } of scope.references) {
      if (scope.find(name) === root) uses.set(name, (uses.get(name) ?? 0) + 1)
    }
  }
  const isVariable = new Set(root.node.body.flatMap(node => node.declarations ?? []).map(({ id }) => id.name))
  const often = [...uses].sort((a, b) => b[1] - a[1]).map(([name]) => name).filter(name => isVariable.has(name))
  const names = [...new Set([...HOT.filter(name => root.declared.has(name)), ...often])].slice(0, COUNT)
  return names.length > 0 ? `var ${names.join(',')};${code}` : code
}
