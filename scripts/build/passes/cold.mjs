// Takes functions that are called seldom out of memory. On an interpreter without bytecode a function takes five
// variables and one more for each parameter; its text lies in flash and takes none. So the texts of such functions
// (lists/cold.mjs) stand side by side in one that is never called, with a mark between them, and RAM has where each
// begins, two bytes. A call makes the function of its text, calls it, and lets it go:
//
//     twice(4)  becomes  cold1(7)(4), with
//     function cold1(which){return Function("w",coldText.slice(coldStarts[which],coldStarts[which+1]))}
//
// One that is handed on is made there, and is in memory as long as who was given it keeps it.
//
// A part of a text in flash is a view of it, so nothing is copied. What is made sees the top level, like every function
// of it, and nothing else. A call costs some 60,000 instructions more than one of a function that is kept; a call
// of one of ten that share a function, as was done before, cost twice that, as it reads past the others.
//
// An extension's functions see its top level besides, which is a function's: what is made is given the scope that the
// engine keeps at what makes it. Where each text lies stands in the calls, as an extension has fewer of them than would
// pay for a table: `cold(which)` with 10,000 times the place, and the size.
//
// moveCold reads code lowered to ES5 with its long names; joinCold, finished text.
import { walk } from '../ast.mjs'
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
/** What makes those of an extension takes eight variables, and one that is kept five and its parameters. */
const EXTENSION_COUNT_MIN = 3

/** What stands in a call of an extension's until places are known: the first has as many digits as they will have. */
const PLACE_FIRST = 100_000_001
/** Times a place, with a size behind it: 10,000 are added, so that all have as many digits. */
const PLACE_UNIT = 10_000

/** Functions of more parameters have one maker, for as many as any of them has: a maker takes 50 bytes. */
const OWN_MAKER_MAX = 2

/** The names of all parameters, in their order; no other name is one of them (names.mjs, minify.mjs). */
export const COLD_PARAMETERS = ['w', 'x', 'y', 'z', '_0', '_1', '_2', '_3']
const standIn = (/** @type {number} */ index) => `cold$${index}`

/** The final name of a parameter's stand-in; undefined: it is none. */
export const coldParameter = (/** @type {string} */ name) =>
  name.startsWith('cold$') ? COLD_PARAMETERS[Number(name.slice('cold$'.length))] : undefined

/**
 * Those of the functions that can be taken out, with their uses.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {string[]} wanted
 * @returns {Member[]}
 */
function findCold (chunk, wanted) {
  const members = [...findMembers(chunk)].filter(([name, { node }]) =>
    wanted.includes(name) && node.params.length <= COLD_PARAMETERS.length).map(([, member]) => member)
  // Those that are named in most places have the shortest numbers.
  return members.sort((a, b) => b.uses.length - a.uses.length)
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
}coldText.slice(coldStarts[which],coldStarts[which+1]))}`

/** What finds where each text begins, as the program starts. */
const beginText = (/** @type {number} */ count) => `var coldText=${TEXTS}["\\xffcod"],coldStarts=new Uint16Array(${
  count + 1}),coldIndex=0,coldAt=0;delete ${TEXTS};for(;coldIndex<=${count};)coldStarts[coldIndex++]=coldAt=`
  + `coldText.indexOf(${JSON.stringify(COLD_MARK)},coldAt)+1;`

/**
 * What makes functions of an extension, of so many parameters at the most.
 * @param {number} count
 */
const extensionMakerText = count => `${TEXTS}=${TEXTS}["\\xffcod"];function ${MAKER}(which){`
  + `var made=Function(${COLD_PARAMETERS.slice(0, count).map(name => `"${name}",`).join('')}`
  + `${TEXTS}.substr(which/${PLACE_UNIT}-${PLACE_UNIT},which%${PLACE_UNIT}));`
  + `made["\\xffsco"]=${MAKER}["\\xffsco"];return made}`

/**
 * The functions that stand in the one which is never called, each under the name by which coldMade names it.
 * @param {Node} tree
 * @param {Record<string, string>} [short]  names, where they are short
 * @returns {{ name: string, node: Node }[]}
 */
export function coldFunctions (tree, short = {}) {
  const texts = tree.body.find((/** @type {Node} */ { id }) => id && id.name === (short[TEXTS] ?? TEXTS))
  return texts?.body.body.map((/** @type {Node} */ node, /** @type {number} */ index) =>
    ({ name: `${MAKER} ${index}`, node })) ?? []
}

/**
 * Which of them a call makes, undefined: none, as its name is no maker's.
 * @param {Node} node
 * @param {Record<string, string>} [short]  names, where they are short
 */
export function coldMade ({ type, callee, arguments: given }, short = {}) {
  if (type !== 'CallExpression' || callee.type !== 'Identifier') return undefined
  const isMaker = [MAKER, ...COLD_PARAMETERS.map((_, index) => `${MAKER}${index}`)].some(name =>
    callee.name === (short[name] ?? name))
  const value = given[0]?.value
  if (!isMaker || typeof value !== 'number') return undefined
  return `${MAKER} ${value < PLACE_FIRST ? value : value - PLACE_FIRST}`
}

/**
 * The code with seldom called functions in one that is never called; as it is where there are fewer than `countMin`.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function moveCold (chunk, context, countMin = context.settings.format === 'extension'
  ? EXTENSION_COUNT_MIN : COUNT_MIN) {
  const { code, root } = chunk
  const isExtension = context.settings.format === 'extension'
  const members = findCold(chunk, context.names.cold)
  if (members.length < countMin) return code
  context.hasCold = true
  const countMost = Math.max(...members.map(({ node }) => node.params.length))
  const countOf = (/** @type {Node} */ { params: { length } }) => length > OWN_MAKER_MAX ? countMost : length
  const makerOf = (/** @type {Node} */ node, /** @type {number} */ index) =>
    isExtension ? `${MAKER}(${PLACE_FIRST + index})` : `${MAKER}${countOf(node)}(${index})`
  const calls = members.flatMap(({ node, uses }, index) => uses.map(({ start, end }) =>
    ({ start, end, text: makerOf(node, index) })))
  const scopes = new Map(root.children.map(scope => [scope.node, scope]))
  const texts = members.map(({ node }) => {
    context.use('cold', node.id.name)
    const scope = scopes.get(node)
    return scope ? applyEdits(code, editsWithin([...calls, ...parameterEdits(scope)], node), node) : ''
  })
  const isOutside = (/** @type {Edit} */ { start }) =>
    !members.some(({ node }) => node.start <= start && start < node.end)
  const rest = applyEdits(code, [...members.map(({ node: { start, end } }) => ({ start, end, text: '' })),
    ...calls.filter(isOutside)])
  const counts = [...new Set(members.map(({ node }) => countOf(node)))]
  const makers = isExtension ? extensionMakerText(countMost)
    : beginText(members.length) + counts.map(makerText).join('')
  return `function ${TEXTS}(){${texts.join('')}}${makers}${rest}`
}

/**
 * Edits that put where each text lies, and its size, into the calls of an extension.
 * @param {Node} tree
 * @param {string | undefined} maker  its short name
 * @param {string[]} texts
 * @returns {Edit[]}
 */
function placeEdits (tree, maker, texts) {
  let at = `;${COLD_MARK}`.length
  const places = texts.map(({ length }) => {
    const place = (at + PLACE_UNIT) * PLACE_UNIT + length
    at += length + COLD_MARK.length
    return place
  })
  if (at > PLACE_UNIT) throw new Error(`texts of cold functions are ${at} bytes, and may be ${PLACE_UNIT}`)
  /** @type {Edit[]} */
  const edits = []
  walk(tree, ({ type, callee, arguments: given }) => {
    // A local may have the maker's name.
    if (type !== 'CallExpression' || callee.name !== maker || !(given[0]?.value >= PLACE_FIRST)) return
    const [{ start, end, value }] = given
    edits.push({ start, end, text: String(places[value - PLACE_FIRST]) })
  })
  return edits
}

/**
 * The code with the bodies of these functions side by side, with a mark in front of each and behind the last.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function joinCold ({ code, tree }, { short, hasCold, settings }) {
  if (!hasCold) return code
  const { id, body } = tree.body.find((/** @type {Node} */ { id }) => id?.name === short?.[TEXTS]) ?? {}
  const parts = body.body.map((/** @type {Node} */ { body: { start, end } }) => ({ start: start + 1, end: end - 1 }))
  const places = settings.format === 'extension'
    ? placeEdits(tree, short?.[MAKER], parts.map((/** @type {Node} */ { start, end }) => code.slice(start, end))) : []
  const texts = parts.map((/** @type {Node} */ part) => applyEdits(code, editsWithin(places, part), part))
  // The engine keeps what is between a function's first and last word: a mark is none.
  const joined = [';', ...texts, ';'].join(COLD_MARK)
  const isOutside = (/** @type {Edit} */ { start }) => start < id.end || body.end <= start
  return applyEdits(code, [...places.filter(isOutside),
    { start: id.end, end: body.end, text: `(${COLD_PARAMETERS.join()}){${joined}}` }])
}
