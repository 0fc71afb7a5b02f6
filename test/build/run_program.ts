import { runInNewContext } from 'node:vm'

/** What a program's top level declares, after it has run; `log` is there for it to write to. */
export function runProgram(code: string): Record<string, unknown> {
  const context: Record<string, unknown> = { log: [] }
  runInNewContext(code, context)
  return context
}
