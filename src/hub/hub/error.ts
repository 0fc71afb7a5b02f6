// Where in hub.js an error came up. The engine counts lines from the start of the innermost function, but its stack
// quotes the line, cut off with dots where it is long, with a mark under it: so it is looked for in the file.

/** An error's words and its place; nothing but the words of what is none, or comes from elsewhere. */
export function hubErrorText(text: string, problem: unknown): string {
  const words = String(problem)
  const stack = problem ? (problem as Error).stack : ''
  const lines: string[] = stack ? stack.split('\n') : []
  let row = 0
  while (row < lines.length && lines[row].trim() !== '^') row++
  let line = row && row < lines.length ? lines[row - 1] : ''
  if (line.startsWith('...')) line = line.substr(3)
  if (line.endsWith('...')) line = line.substr(0, line.length - 3)
  const at = text.indexOf(line)
  // The engine's indexOf takes the end of a text for the whole of what begins so.
  if (!line || at < 0 || text.substr(at, line.length) !== line) return words
  return `${words}, in line ${text.substr(0, at).split('\n').length} of hub.js: ${line.trim()}`
}
