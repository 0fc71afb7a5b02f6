// From TypeScript to what a board's engine reads: types off before rollup, the lowering behind it, because rollup
// decides a board's features by its constants, and `const` is what it trusts.
import blankTypes from 'ts-blank-space'
import ts from 'typescript'
import { walk } from './ast.mjs'
import { applyEdits, TextError } from './edits.mjs'

/** @typedef {import('./types').Edit} Edit */
/** @typedef {import('./chunk.mjs').Chunk} Chunk */

/** @type {Record<number, ts.ScriptTarget>} */
const TARGETS = { 5: ts.ScriptTarget.ES5, 2020: ts.ScriptTarget.ES2020 }

/**
 * @param {string} code
 * @param {string} fileName
 * @param {ts.CompilerOptions} options
 */
function transpile (code, fileName, options) {
  const { outputText, diagnostics } = ts.transpileModule(code, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: {
      ...options,
      module: ts.ModuleKind.ESNext,
      isolatedModules: true,
      allowJs: true,
      noEmitHelpers: true,
      importHelpers: false,
      ignoreDeprecations: '5.0',
    },
  })
  const error = diagnostics?.find(({ category }) => category === ts.DiagnosticCategory.Error)
  if (!error) return outputText
  throw new TextError(`${fileName}: ${ts.flattenDiagnosticMessageText(error.messageText, '\n')}`, error.start ?? 0)
}

/**
 * The JavaScript of a file of TypeScript: spaces in place of its types, at a fifth of what the compiler's own output
 * takes, which is for what is more than a type: a constructor's properties. An import of a type alone must say `type`.
 * @param {string} code
 * @param {string} fileName
 */
export function stripTypes (code, fileName) {
  let isMore = false
  const blanked = blankTypes(code, () => { isMore = true })
  return isMore ? transpile(code, fileName, { target: ts.ScriptTarget.ES2022 }) : blanked
}

/** Stands for `of` while TypeScript lowers: a loop over an index costs an interpreter five times as much. */
const OF = '__of'

/**
 * Edits that write `for (const x of list)` as `for (const x in __of(list))`, and template literals as sums of strings,
 * which are shorter and quicker than the calls that TypeScript makes of them.
 * @param {Chunk} chunk
 */
function replaceSyntax ({ code, tree }) {
  /** @type {Edit[]} */
  const edits = []
  walk(tree, node => {
    if (node.type === 'TemplateLiteral') edits.push(...templateEdits(node))
    if (node.type !== 'ForOfStatement' || node.left.declarations?.[0].id.type !== 'Identifier') return
    edits.push({ start: node.left.end, end: node.right.start, text: ` in ${OF}(` })
    edits.push({ start: node.right.end, end: node.right.end, text: ')' })
  })
  return applyEdits(code, edits)
}

/**
 * @param {import('./types').Node} template
 * @returns {Edit[]}
 */
function templateEdits ({ start, end, quasis, expressions }) {
  const texts = quasis.map((/** @type {any} */ { value }) => JSON.stringify(value.cooked))
  const last = expressions.at(-1)
  return [
    ...expressions.map((/** @type {Edit} */ expression, /** @type {number} */ i) => ({
      start: i ? expressions[i - 1].end : start, end: expression.start, text: `${i ? ')+' : '('}${texts[i]}+(`,
    })),
    { start: last ? last.end : start, end, text: last ? `)+${texts.at(-1)})` : texts[0] },
  ]
}

/**
 * A chunk lowered to a board's ECMA_VERSION. What Espruino has beside ES5 stays or is hidden; `showLoops` comes next.
 * @param {Chunk} chunk
 * @param {import('./types').Context} context
 */
export function lowerSyntax (chunk, { settings: { ecmaVersion, minify } }) {
  const code = ecmaVersion > 5 ? chunk.code : replaceSyntax(chunk)
  return transpile(code, 'chunk.js', { target: TARGETS[ecmaVersion], removeComments: minify })
}

/**
 * The code with `for (x of list)` as it was.
 * @param {Chunk} chunk
 */
export function showLoops ({ code, tree }) {
  /** @type {Edit[]} */
  const edits = []
  walk(tree, node => {
    if (node.type !== 'ForInStatement' || node.right.callee?.name !== OF) return
    const [list] = node.right.arguments
    edits.push({ start: node.left.end, end: list.start, text: ' of ' })
    edits.push({ start: list.end, end: node.right.end, text: '' })
  })
  return applyEdits(code, edits)
}
