// The stack of an error as the engine has it: the line of the source for each frame, and a mark under the place.

import type { AccessText } from './element_access'

/** What a function was made of: its body, which begins the second line of what was compiled, and what runs of that. */
export interface FunctionSource { body: string, plain: string, looking: AccessText }

/** Frames that an error keeps. */
const FRAMES = 4
/** Characters of a line that are quoted on each side of the place. */
const QUOTED = 30

interface Errors {
  stackTraceLimit?: number
  prepareStackTrace?: (error: unknown, frames: NodeJS.CallSite[]) => string
}

/** The text that is quoted, with the place in it; columns are from 1. */
function quote (line: string, column: number): [text: string, at: number] {
  const start = Math.max(0, column - 1 - QUOTED)
  const end = column - 1 + QUOTED
  const before = start > 0 ? '...' : ''
  return [before + line.slice(start, end) + (end < line.length ? '...' : ''), before.length + column - 1 - start]
}

/** The column, from 1, of a place in the text that runs. */
function columnIn ({ plain, looking }: FunctionSource, row: number, column: number): number {
  const before = looking.text.split('\n', row).reduce((sum, line) => sum + line.length + 1, 0)
  const place = looking.placeOf(before + column - 1)
  return place - plain.lastIndexOf('\n', place - 1)
}

/**
 * Gives a realm's errors that stack; `sources` are the programs by the names under which they run. The frames are a
 * list of the realm's, which has lost most methods.
 */
export function engineStacks (errors: Errors, sources: Map<string, FunctionSource>): void {
  const prepareStackTrace = (_: unknown, frames: NodeJS.CallSite[]): string => Array.from(frames).flatMap(frame => {
    const source = sources.get(frame.getFileName() ?? '')
    if (source === undefined) return []
    const row = frame.getLineNumber() ?? 1
    const column = columnIn(source, row, frame.getColumnNumber() ?? 1)
    const [text, at] = quote(source.body.split('\n')[row - 1] ?? '', column)
    return `    at ${frame.getFunctionName() ?? '[raw]'} (:${row}:${column})\n${text}\n${' '.repeat(at)}^\n`
  }).join('')
  Object.defineProperty(errors, 'stackTraceLimit', { value: FRAMES })
  Object.defineProperty(errors, 'prepareStackTrace', { value: prepareStackTrace })
}
