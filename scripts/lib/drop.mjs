// Lets go of what is needed only while a board's program starts: functions that make a table or read the configuration,
// and what the engine keeps of a constructor that was used, eight variables each; it makes that again when it has to.
//
// Reads a finished script, in which the engine takes a name of the top level away by `delete`.
import { isReference, parseChunk, walk } from './ast.mjs'

const isFunction = node => /Function/.test(node.type)

/** Constructors of tables of which nothing but rows is used later: a method or a length would bring them back. */
const CONSTRUCTORS = ['Int16Array', 'Uint32Array', 'Float64Array']

/** Functions that the top level declares: `{ id, body }`, body being the function itself. */
function functionsOf (tree) {
  const found = tree.body.flatMap(node => node.declarations ?? [{ id: node.id, init: node }])
  return found.filter(({ init }) => init && isFunction(init)).map(({ id, init }) => ({ id, body: init }))
}

/** By function of the top level: who calls it, '' being the program's start; LATER: it may be called at any time. */
const LATER = Symbol('later')

function findCallers (tree) {
  const functions = functionsOf(tree)
  const names = new Map(functions.map(({ id, body }) => [body, id.name]))
  const ids = new Set(functions.map(({ id }) => id))
  const callers = new Map(functions.map(({ id }) => [id.name, new Set()]))
  function visit (node, caller) {
    walk(node, (child, parent, key) => {
      if (child !== node && isFunction(child)) {
        const isCalledAtOnce = parent.type === 'CallExpression' && key === 'callee'
        visit(child, names.get(child) ?? (isCalledAtOnce ? caller : LATER))
        return false
      }
      if (child.type === 'Identifier' && callers.has(child.name) && !ids.has(child) && isReference(parent, key)) {
        callers.get(child.name).add(key === 'callee' ? caller : LATER)
      }
      return true
    })
  }
  for (const node of tree.body) visit(node, names.get(node) ?? '')
  return callers
}

/** The code with such functions and constructors deleted at its end. */
export function dropStart (code) {
  const callers = findCallers(parseChunk(code, 'script'))
  for (let isChanging = true; isChanging;) {
    const late = [...callers].filter(([, names]) =>
      [...names].some(name => name === LATER || name !== '' && !callers.has(name)))
    for (const [name] of late) callers.delete(name)
    isChanging = late.length > 0
  }
  const dropped = [...callers.keys(), ...CONSTRUCTORS.filter(name => code.includes(name))]
  return dropped.length > 0 ? `${code}${dropped.map(name => `delete ${name}`).join(',')};` : code
}
