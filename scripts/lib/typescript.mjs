// TypeScript to JavaScript, a file at a time and without a type check (`npm run typecheck` is that). Types go
// before rollup; the syntax is lowered after it, over the finished chunk, because rollup decides a board's features
// by its constants, and `const` is what it trusts.
import ts from 'typescript'

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

/** What was stripped before, by the file's text: several boards are built from the same files. */
const stripped = new Map()

/** The file's JavaScript, its types taken off. */
export function stripTypes (code, fileName) {
  if (!stripped.has(code)) stripped.set(code, transpile(code, fileName, ts.ScriptTarget.ES2022))
  return stripped.get(code)
}

/** A chunk lowered to a board's ECMA_VERSION. */
export function lowerSyntax (code, ecmaVersion) {
  return transpile(code, 'chunk.js', TARGETS[ecmaVersion])
}
