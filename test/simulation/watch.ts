// A home as it lives, in a terminal.

import type { Chronicle } from './chronicle'
import type { Home } from './home'

/** Real milliseconds that a picture stands. */
const PICTURE_MS = 40
const BAR_SIZE = 50
const MARKS = 8

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 19)

const bar = (count: number, most: number): string => '█'.repeat(Math.min(BAR_SIZE, Math.ceil(count / most * BAR_SIZE)))

/** Draws the newest sample over the former picture. */
export async function watch({ samples, marks }: Chronicle, home: Home): Promise<void> {
  const sample = samples.at(-1)!
  const most = Math.max(1, ...samples.map(({ packetsIn, packetsOut }) => Math.max(packetsIn, packetsOut)))
  const { QUEUE_ROWS_MAX, RETAINED_MAX, CONNECTIONS_MAX } = home.oracle.board
  const names = [...home.oracle.links.values()].map(({ clientId, state }) => clientId || `(${state})`)
  const lines = [
    `${clock(sample.at)}  ${sample.clients} clients and ${sample.others} other connections of ${CONNECTIONS_MAX}`,
    `in       ${String(sample.packetsIn).padStart(5)} ${bar(sample.packetsIn, most)}`,
    `out      ${String(sample.packetsOut).padStart(5)} ${bar(sample.packetsOut, most)}`,
    `queued   ${String(sample.queued).padStart(5)} ${bar(sample.queued, Math.min(QUEUE_ROWS_MAX, 1_000))}`,
    `retained ${String(sample.retained).padStart(5)} ${bar(sample.retained, Math.min(RETAINED_MAX, 1_000))}`,
    `sessions ${String(sample.sessions).padStart(5)}`,
    '', names.join('  '), '',
    ...marks.slice(-MARKS).map(({ at, fault }) => `${clock(at)}  ${fault}`),
  ]
  process.stdout.write(`\x1b[H\x1b[J${lines.join('\n')}\n`)
  await new Promise((resolve) => setTimeout(resolve, PICTURE_MS))
}
