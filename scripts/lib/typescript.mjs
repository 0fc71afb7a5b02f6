// The lowering of a finished chunk. It comes after rollup, because rollup decides a board's features by its constants,
// and `const` is what it trusts.
import ts from 'typescript'
import { applyEdits, parseChunk, walk } from './ast.mjs'

const TARGETS = { 5: ts.ScriptTarget.ES5, 2020: ts.ScriptTarget.ES2020 }

function transpile (code, fileName, target) {
  const { outputText, diagnostics } = ts.transpileModule(code, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: {
      target,
      module: ts.ModuleKind.ESNext,
      isolatedModules: true,
      allowJs: true,
      noEmitHelpers: true,
      importHelpers: false,
      ignoreDeprecations: '5.0',
    },
  })
  const error = diagnostics.find(({ category }) => category === ts.DiagnosticCategory.Error)
  if (error) throw new Error(`${fileName}: ${ts.flattenDiagnosticMessageText(error.messageText, '\n')}`)
  return outputText
}

/** Stands for `of` while TypeScript lowers: a loop over an index costs an interpreter five times as much. */
const OF = '__of'

/** `for (const x of list)` as `for (const x in __of(list))`. */
function hideLoops (code) {
  const edits = []
  walk(parseChunk(code), node => {
    if (node.type !== 'ForOfStatement' || node.left.declarations?.[0].id.type !== 'Identifier') return
    edits.push({ start: node.left.end, end: node.right.start, text: ` in ${OF}(` })
    edits.push({ start: node.right.end, end: node.right.end, text: ')' })
  })
  return applyEdits(code, edits)
}

function showLoops (code) {
  const edits = []
  walk(parseChunk(code), node => {
    if (node.type !== 'ForInStatement' || node.right.callee?.name !== OF) return
    const [list] = node.right.arguments
    edits.push({ start: node.left.end, end: list.start, text: ' of ' })
    edits.push({ start: list.end, end: node.right.end, text: '' })
  })
  return applyEdits(code, edits)
}

/** Template literals as sums of strings, which are shorter and quicker than the calls that TypeScript makes of them. */
function addTemplates (code) {
  const edits = []
  walk(parseChunk(code), node => {
    if (node.type !== 'TemplateLiteral') return
    const texts = node.quasis.map(({ value }) => JSON.stringify(value.cooked))
    node.expressions.forEach((expression, i) => {
      const before = i ? node.expressions[i - 1].end : node.start
      edits.push({ start: before, end: expression.start, text: `${i ? ')+' : '('}${texts[i]}+(` })
    })
    const last = node.expressions.at(-1)
    edits.push({ start: last ? last.end : node.start, end: node.end, text: last ? `)+${texts.at(-1)})` : texts[0] })
  })
  return applyEdits(code, edits)
}

/** A chunk lowered to a board's ECMA_VERSION; Espruino has `for (x of list)` beside ES5. */
export function lowerSyntax (code, ecmaVersion) {
  if (ecmaVersion > 5) return transpile(code, 'chunk.js', TARGETS[ecmaVersion])
  return showLoops(transpile(hideLoops(addTemplates(code)), 'chunk.js', TARGETS[ecmaVersion]))
}

/** The JavaScript of one file that is read outside a bundle: a board's. */
export function stripTypes (code, fileName) {
  return transpile(code, fileName, ts.ScriptTarget.ES2022)
}
