// The table of costs, as it is printed and as it stands in the docs.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../lib/root.mjs'

/** Instructions that an ESP32 at 240 MHz does in a second, as far as others have measured: 40 to 85 million. */
const INSTRUCTIONS_PER_SECOND = 60e6
const PAGE = join(ROOT, 'docs', 'devices.md')
const BEGIN = '<!-- npm run cost -- --write -->\n'
const END = '<!-- end of cost -->'

export const TABLE_HEAD = ['row', 'what', 'kI', 'floor', 'x floor', 'goal', 'ms on an ESP32']

const thousands = instructions => (instructions / 1_000).toFixed(1)
const milliseconds = instructions => (instructions / INSTRUCTIONS_PER_SECOND * 1_000).toFixed(1)

export function costRow (name, { title, goal }, instructions, floor) {
  const ratio = (instructions / floor).toFixed(2)
  return [name, title, thousands(instructions), thousands(floor), ratio, goal ?? '', milliseconds(instructions)]
}

export function idleRow (name, title, instructions) {
  return [name, title, thousands(instructions), '', '', '', milliseconds(instructions)]
}

function markdown (rows) {
  const [head, ...body] = rows.map(([, ...cells]) => `| ${cells.join(' | ')} |`)
  return [head, '|---|---|---|---|---|---|', ...body].join('\n')
}

/** Puts the table between its marks in docs/devices.md. */
export function writeTable (board, version, rows) {
  const text = readFileSync(PAGE, 'utf8')
  const [start, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (start < 0 || end < start) throw new Error('docs/devices.md has no marks for the table')
  const source = `Board \`${board}\`, Espruino ${version}, valgrind's callgrind; \`npm run cost -- --write\`.`
  writeFileSync(PAGE, `${text.slice(0, start + BEGIN.length)}${source}\n\n${markdown(rows)}\n${text.slice(end)}`)
}
