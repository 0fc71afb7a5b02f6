// Where a program's variables are: what it declares at its top level, by kind, counted inside the interpreter.
import { parseChunk } from '../build/ast.mjs'

/** Names that a bundle declares at its top level and keeps; `text` is it before it was tokenised. */
function topNames (text) {
  const dropped = new Set([...text.matchAll(/delete ([\w$]+)/g)].map(([, name]) => name))
  return parseChunk(text, 'script').body.flatMap(node => node.declarations ?? (node.id ? [node] : []))
    .map(({ id }) => id.name).filter(name => !dropped.has(name))
}

/**
 * A line of program behind the bundle that prints `LEDGER` and numbers: names, tables, functions with tables, all
 * values. What two of them hold is counted with the first; an array's own variables are taken off.
 */
export function ledgerLine (text) {
  const names = topNames(text)
  // Names of three letters: the bundle's have one or two.
  return `setTimeout(function(){var kinds=[[],[],[]],every=[],line="LEDGER ${names.length}";
[${names}].forEach(function(value){kinds[typeof value=="function"?1:value&&value.byteLength?0:2].push(value)});
kinds.forEach(function(list){every=every.concat(list);
line+=" "+(E.getSizeOf(every)-1-every.length)+" "+list.length});print(line)},50);`
}

/** Rows of a table, from what that line printed and the count of all variables of the broker at rest. */
export function ledgerRows (output, total) {
  const [names, tables, tableCount, functions, functionCount, all] =
    /LEDGER ([\d ]+)/.exec(output)[1].split(' ').map(Number)
  return [
    [`  ${tableCount} tables`, tables],
    [`  ${functionCount} functions`, functions - tables],
    [`  ${names} names, of these and of numbers`, names],
    ['  lists, objects and texts', all - functions],
    ['  what the engine holds for it: timer, listener, handlers', total - names - all],
  ]
}
