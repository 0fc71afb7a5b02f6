// What an owner is told of hub.js before it gets to a board, by the gate's rules: where the engine would refuse it or
// get it wrong, and where it would take one of the broker's own names. For the terminal and the page: it knows neither
// Node nor a browser.
import { Parser } from 'acorn'
import { TextError } from '../edits.mjs'
import { Chunk } from '../chunk.mjs'
import { isReference, walk } from '../ast.mjs'
import { allScopes } from '../scope.mjs'
import { engineNames } from './engine_names.mjs'
import { findUnfit } from './rules.mjs'
import { SYNTAX_RULES } from './syntax.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {{ position: number, problem: string }} Fault */
/** @typedef {import('./engine_names.mjs').EngineNames} EngineNames */

/** Globals that hub.js has beside those that a bundle may use. */
const HUB_GLOBALS = [
  'midge', 'Bluetooth', 'BTN', 'BTN1', 'Graphics', 'I2C1', 'I2C2', 'SPI1', 'SPI2', 'Serial2', 'Serial3', 'StorageFile',
  'Telnet', 'Terminal', 'LoopbackA', 'LoopbackB', 'crypto',
]

/** The rules for what people write: without the build's own hints, which stand in parentheses. */
const RULES = SYNTAX_RULES.map(rule => {
  const { mend, matches } = rule.byHand ?? rule
  return { ...rule, matches, mend: mend.replace(/ \([^)]*\)$/, '') }
})

/** What the build calls the broker's globals. They change with each version: each such name may be one of the next. */
const SHORT_NAME = /^[\w$]{1,2}$/

/**
 * Names that the program puts into the engine's globals itself, or asks for before it uses them.
 * @param {Node} tree
 */
function namesBrought (tree) {
  /** @type {string[]} */
  const names = []
  walk(tree, node => {
    if (node.type === 'UnaryExpression' && node.operator === 'typeof') names.push(node.argument.name)
    const name = globalWritten(node)
    if (name) names.push(name)
  })
  return names
}

/**
 * The name that `global.name = …` writes.
 * @param {Node} node
 * @returns {string | undefined}
 */
function globalWritten ({ type, left }) {
  if (type !== 'AssignmentExpression' || left.type !== 'MemberExpression') return undefined
  if (left.object.type !== 'ThisExpression' && !/^global(This)?$/.test(left.object.name ?? '')) return undefined
  return left.computed ? left.property.value : left.property.name
}

/**
 * Writes of the engine's globals, and as `global.name` of the broker's.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {EngineNames} engine
 * @returns {Fault[]}
 */
function findTaken ({ tree, root }, engine) {
  /** @type {Fault[]} */
  const found = []
  const add = (/** @type {Node} */ node, /** @type {string} */ name) => {
    if (SHORT_NAME.test(name)) found.push({ position: node.start, problem: brokersName(name) })
    else if (engine.isGlobal(name)) found.push({ position: node.start, problem: `${name} is the engine's own, and the `
      + 'broker may need it: take another name, or declare it with var' })
  }
  walk(tree, node => {
    const name = globalWritten(node)
    if (name) add(node, name)
  })
  for (const { node, name, scope } of writesOf(root)) {
    if (engine.isGlobal(name) && scope.find(name) === null) add(node, name)
  }
  return found
}

/**
 * Uses of names that give them another value.
 * @param {import('../scope.mjs').Scope} root
 */
const writesOf = root => allScopes(root).flatMap(({ references }) => references)
  .filter(({ parent, key, node }) => isReference(parent, key) && (parent.type === 'UpdateExpression'
    || key === 'left' && parent.left === node && /^(AssignmentExpression|For(In|Of)Statement)$/.test(parent.type)))

const brokersName = (/** @type {string} */ name) =>
  `${name} is not declared, and as a global it is one of the broker's own names: write "var ${name}"`

/**
 * Letters beyond ASCII that stand neither in a text nor in a comment: to the engine they are words of its own.
 * @param {string} code
 * @returns {Fault[]}
 */
function findForeign (code) {
  /** @type {{ start: number, end: number }[]} */
  const ranges = []
  const options = {
    ecmaVersion: /** @type {const} */ ('latest'), allowReturnOutsideFunction: true,
    onComment: (/** @type {boolean} */ _b, /** @type {string} */ _t, /** @type {number} */ start,
      /** @type {number} */ end) => ranges.push({ start, end }),
  }
  walk(/** @type {Node} */ (Parser.parse(code, options)), node => {
    if (node.type === 'Literal' || node.type === 'TemplateElement') ranges.push(node)
  })
  const foreign = [...code.matchAll(/[^\x00-\x7f]+/g)]
    .filter(({ index }) => !ranges.some(({ start, end }) => index >= start && index < end))
  return foreign.map(({ index, 0: text }) => ({
    position: index,
    problem: text === '\ufeff' ? 'the file starts with a mark (BOM) that the engine does not know: save it without'
      : `"${text}" may stand in texts and comments only: the engine knows names of a to z`,
  }))
}

/**
 * What is wrong with a name that nobody declares.
 * @param {string} name
 * @param {boolean} isWritten
 */
function unknownName (name, isWritten) {
  if (SHORT_NAME.test(name)) return brokersName(name)
  return isWritten ? `${name} is not declared: write "var ${name}"`
    : `${name} is not declared, and the engine has no such global`
}

/**
 * @param {string} code
 * @param {import('./engine_names.mjs').EngineApi} api
 * @returns {Fault[]}
 */
function findFaults (code, api) {
  const chunk = new Chunk(code, 'script')
  const more = [...HUB_GLOBALS, ...namesBrought(chunk.tree)]
  const written = new Set(writesOf(chunk.root).map(({ node }) => node.start))
  const unfit = findUnfit(chunk, engineNames(api, more), RULES).map(({ rule, mend, position, excerpt }) => ({
    position,
    problem: rule === 'unknown global' ? unknownName(excerpt, written.has(position))
      : rule === 'use before declaration' ? `${excerpt} is used before it is declared: declare it first`
        : `${rule} (${excerpt.split('\n')[0]}): ${mend}`,
  }))
  return [...unfit, ...findTaken(chunk, engineNames(api, HUB_GLOBALS)), ...findForeign(code)]
}

/** A fault by its line, from 1. @typedef {{ line: number, problem: string }} HubFault */

/**
 * What is wrong with hub.js, or with a file by another name that is to be it; sorted by lines.
 * @param {Uint8Array} data
 * @param {import('./engine_names.mjs').EngineApi} api  src/simulator/engine_api.ts
 * @returns {HubFault[]}
 */
export function checkHub (data, api) {
  /** @type {string} */
  let code
  try {
    code = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
  } catch {
    return [{ line: 1, problem: 'it is not UTF-8: save it as that' }]
  }
  const lineOf = (/** @type {number} */ position) => code.slice(0, position).split('\n').length
  try {
    const faults = findFaults(code, api)
    const lines = faults.map(({ position, problem }) => ({ line: lineOf(position), problem }))
    return lines.sort((one, other) => one.line - other.line)
  } catch (error) {
    if (!(error instanceof TextError)) throw error
    return [{ line: lineOf(error.position), problem: `no program: ${error.message.replace(/ \(\d+:\d+\)$/, '')}` }]
  }
}

/**
 * One sentence for each fault, with the file.
 * @param {string} file
 * @param {HubFault[]} faults
 */
export const hubFaultLines = (file, faults) => faults.map(({ line, problem }) => `${file}:${line}: ${problem}`)
