// Lets go of functions that are called only while a board's program starts: what makes a table, what reads the
// configuration. Their names stay, what they took besides goes back to the engine.
//
// Reads code lowered to ES5: functions are declared at the top level, variables are `var`s.
import { isReference, parseChunk, walk } from './ast.mjs'

const isFunction = node => /Function/.test(node.type)

/** By function of the top level: who calls it, '' being the program's start; LATER: it may be called at any time. */
const LATER = Symbol('later')

function findCallers (tree) {
  const declared = tree.body.filter(node => node.type === 'FunctionDeclaration')
  const callers = new Map(declared.map(({ id }) => [id.name, new Set()]))
  function visit (node, caller) {
    walk(node, (child, parent, key) => {
      if (child !== node && isFunction(child)) {
        const isCalledAtOnce = parent.type === 'CallExpression' && key === 'callee'
        visit(child, isCalledAtOnce ? caller : LATER)
        return false
      }
      if (child.type === 'Identifier' && callers.has(child.name) && !(child === node.id)) {
        if (parent.type === 'ExportSpecifier') callers.get(child.name).add(LATER)
        else if (isReference(parent, key)) callers.get(child.name).add(key === 'callee' ? caller : LATER)
      }
      return true
    })
  }
  for (const node of tree.body) visit(node, node.type === 'FunctionDeclaration' ? node.id.name : '')
  return callers
}

/** The code with such functions set to 0 at its end. */
export function dropStart (code) {
  const callers = findCallers(parseChunk(code))
  for (let isChanging = true; isChanging;) {
    const late = [...callers].filter(([, names]) =>
      [...names].some(name => name === LATER || name !== '' && !callers.has(name)))
    for (const [name] of late) callers.delete(name)
    isChanging = late.length > 0
  }
  return callers.size > 0 ? `${code}\n${[...callers.keys()].join('=')}=0;` : code
}
