// What the alias `room` stands for on a board: the engine's variables, before anything of the program has taken one.

/**
 * Bytes of the text of what runs beside the broker for which it takes a variable, at the least: of an extension they
 * are 8 to 24, by `npm run memory -- --config midge.json`.
 */
const BYTES_A_VARIABLE = 9

/** Variables that are free for the broker: what extensions, the owner's own code and settings will take is not. */
export function variablesFree(): number {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const read = (require('Storage') as { read(name: string): string | undefined }).read
  let free = (process as unknown as { memory(): { free: number } }).memory().free
  const beside = Object.keys(JSON.parse(read('m.list') || '{}') as object).concat('hub.js', 'midge.json')
  for (const name of beside) free -= (read(name) || '').length / BYTES_A_VARIABLE
  return free
}
