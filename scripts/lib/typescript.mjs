// The lowering of a finished chunk. It comes after rollup, because rollup decides a board's features by its constants,
// and `const` is what it trusts.
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

/** A chunk lowered to a board's ECMA_VERSION. */
export function lowerSyntax (code, ecmaVersion) {
  return transpile(code, 'chunk.js', TARGETS[ecmaVersion])
}

/** The JavaScript of one file that is read outside a bundle: a board's. */
export function stripTypes (code, fileName) {
  return transpile(code, fileName, ts.ScriptTarget.ES2022)
}
