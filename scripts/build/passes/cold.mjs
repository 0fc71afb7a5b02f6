// Takes functions that are called seldom out of memory. On an interpreter without bytecode a function takes five
// variables and one more for each parameter; its text lies in flash and takes none. So the texts of such functions
// (lists/cold.mjs) stand side by side in one that is never called, with a mark between them, and RAM has where each
// begins, two bytes. A call makes the function of its text, calls it, and lets it go:
//
//     twice(4)  becomes  cold1(7)(4), with
//     function cold1(which){return Function("w",coldText.substr(coldStarts[which],…))}
//
// A part of a text in flash is a view of it, so nothing is copied. What is made sees the top level, like every function
// of it, and nothing else. A call costs some 60,000 instructions more than one of a function that is kept; a call
// of one of ten that share a function, as was done before, cost twice that, as it reads past the others.
//
// moveCold reads code lowered to ES5 with its long names; joinCold, finished text.
import { applyEdits, editsWithin } from '../edits.mjs'
import { findMembers, renameEdits } from '../members.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {import('../types').Edit} Edit */
/** @typedef {import('../scope.mjs').Scope} Scope */

/** @typedef {import('../members.mjs').Member} Member */

const TEXTS = 'coldTexts'
const MAKER = 'cold'
/** What stands in front of each text and behind the last: the only one of a minified program. */
export const COLD_MARK = '\n'

/** So many functions at the least, as what makes them takes 400 bytes of a bundle: `smallest` keeps its few. */
const COUNT_MIN = 100

/** The names of all parameters, in their order; no other name is one of them (names.mjs, minify.mjs). */
export const COLD_PARAMETERS = ['w', 'x', 'y', 'z', '_0', '_1', '_2', '_3']
const standIn = (/** @type {number} */ index) => `cold$${index}`

/** The final name of a parameter's stand-in; undefined: it is none. */
export const coldParameter = (/** @type {string} */ name) =>
  name.startsWith('cold$') ? COLD_PARAMETERS[Number(name.slice('cold$'.length))] : undefined

/**
 * Those of the functions that can be taken out, with their calls.
 * @param {Node} tree
 * @param {string[]} wanted
 * @returns {Member[]}
 */
function findCold (tree, wanted) {
  const members = [...findMembers(tree)].filter(([name, { node }]) =>
    wanted.includes(name) && node.params.length <= COLD_PARAMETERS.length).map(([, member]) => member)
  // Those that are called in most places have the shortest numbers.
  return members.sort((a, b) => b.calls.length - a.calls.length)
}

/**
 * Edits that give a function's parameters their stand-ins.
 * @param {Scope} scope
 */
function parameterEdits (scope) {
  const { params } = scope.node
  const names = new Map(params.map((/** @type {Node} */ { name }, /** @type {number} */ index) =>
    [name, standIn(index)]))
  const edits = params.map((/** @type {Node} */ { start, end, name }) => ({ start, end, text: names.get(name) }))
  return [...edits, ...renameEdits(scope, names)]
}

/**
 * What makes functions of so many parameters.
 * @param {number} count
 */
const makerText = count => `function ${MAKER}${count}(which){return Function(${
  COLD_PARAMETERS.slice(0, count).map(name => `"${name}",`).join('')
}coldText.substr(coldStarts[which],coldStarts[which+1]-coldStarts[which]))}`

/** What finds where each text begins, as the program starts. */
const beginText = (/** @type {number} */ count) => `var coldText=${TEXTS}["\\xffcod"],coldStarts=new Uint16Array(${
  count + 1}),coldIndex=0,coldAt=0;delete ${TEXTS};for(;coldIndex<=${count};)coldStarts[coldIndex++]=coldAt=`
  + `coldText.indexOf(${JSON.stringify(COLD_MARK)},coldAt)+1;`

/**
 * The functions that stand in the one which is never called, each under the name by which coldCalled names it.
 * @param {Node} tree
 * @returns {{ name: string, node: Node }[]}
 */
export function coldFunctions (tree) {
  const texts = tree.body.find((/** @type {Node} */ { id }) => id?.name === TEXTS)
  return texts?.body.body.map((/** @type {Node} */ node, /** @type {number} */ index) =>
    ({ name: `${MAKER} ${index}`, node })) ?? []
}

/**
 * Which of them a use of a name calls, undefined: none, as the name is no maker's.
 * @param {import('../scope.mjs').Reference} reference
 */
export const coldCalled = ({ name, parent }) =>
  /^cold\d$/.test(name) && parent.type === 'CallExpression' ? `${MAKER} ${parent.arguments[0].value}` : undefined

/**
 * The code with seldom called functions in one that is never called; as it is where there are fewer than `countMin`.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function moveCold ({ code, tree, root }, context, countMin = COUNT_MIN) {
  const members = findCold(tree, context.names.cold)
  if (members.length < countMin) return code
  context.hasCold = true
  const calls = members.flatMap(({ node, calls }, index) => calls.map(({ callee: { start, end } }) =>
    ({ start, end, text: `${MAKER}${node.params.length}(${index})` })))
  const scopes = new Map(root.children.map(scope => [scope.node, scope]))
  const texts = members.map(({ node }) => {
    context.use('cold', node.id.name)
    const scope = scopes.get(node)
    return scope ? applyEdits(code, editsWithin([...calls, ...parameterEdits(scope)], node), node) : ''
  })
  const counts = [...new Set(members.map(({ node }) => node.params.length))]
  const isOutside = (/** @type {Edit} */ { start }) =>
    !members.some(({ node }) => node.start <= start && start < node.end)
  const rest = applyEdits(code, [...members.map(({ node: { start, end } }) => ({ start, end, text: '' })),
    ...calls.filter(isOutside)])
  return `function ${TEXTS}(){${texts.join('')}}${beginText(members.length)}${counts.map(makerText).join('')}${rest}`
}

/**
 * The code with the bodies of these functions side by side, with a mark in front of each and behind the last.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function joinCold ({ code, tree }, { short, hasCold }) {
  if (!hasCold) return code
  const { id, body } = tree.body.find((/** @type {Node} */ { id }) => id?.name === short?.[TEXTS]) ?? {}
  const texts = body.body.map((/** @type {Node} */ { body: { start, end } }) => code.slice(start + 1, end - 1))
  // The engine keeps what is between a function's first and last word: a mark is none.
  const joined = [';', ...texts, ';'].join(COLD_MARK)
  return applyEdits(code, [{ start: id.end, end: body.end, text: `(${COLD_PARAMETERS.join()}){${joined}}` }])
}
