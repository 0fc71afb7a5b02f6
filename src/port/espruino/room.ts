// What the alias `room` stands for on a board: the engine's variables, before anything of the program has taken one.

/**
 * Bytes of the text of what runs beside the broker for which it takes a variable, at the least: of an extension they
 * are 10 to 36, by `npm run memory -- --config midge.json`, behind its seldom called functions. Of those memory has
 * nothing; a line end stands behind each of them and nowhere else (scripts/build/passes/cold.mjs).
 */
const BYTES_A_VARIABLE = 9
const COLD_END = '\n'

/** Variables that are free for the broker: what extensions, the owner's own code and settings will take is not. */
export function variablesFree(): number {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const read = (require('Storage') as { read(name: string): string | undefined }).read
  let free = (process as unknown as { memory(): { free: number } }).memory().free
  for (const name in JSON.parse(read('m.list') || '{}')) {
    const text = read(name) || ''
    free -= (text.length - text.lastIndexOf(COLD_END)) / BYTES_A_VARIABLE
  }
  for (const name of ['hub.js', 'midge.json']) free -= (read(name) || '').length / BYTES_A_VARIABLE
  return free
}
