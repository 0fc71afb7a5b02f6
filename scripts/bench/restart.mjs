// `npm run bench:restart [-- --messages 100000]`: how long a gateway takes until what it has kept is there again.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { commandLine, wholeNumber } from '../lib/command_line.mjs'
import { distFresh } from '../lib/dist.mjs'
import { ROOT } from '../lib/root.mjs'

const options = commandLine('bench:restart')
  .description('How long a gateway takes until what it has kept is there again.')
  .option('--messages <count>', 'retained messages; 100,000 unless told', wholeNumber(1))
  .parse().opts()
const { messages = 100_000 } = options

await distFresh('host')
const { createBroker } = await import(pathToFileURL(resolve(ROOT, 'dist/host/index.js')).href)
const location = mkdtempSync(join(tmpdir(), 'midge-restart-'))
try {
  const first = createBroker({ persistence: { location } })
  await first.opened()
  for (let i = 0; i < messages; i++) await first.publish(`home/room${i % 100}/device${i}`, '21.5 C', { retain: true })
  await first.close()
  const from = performance.now()
  const second = createBroker({ persistence: { location } })
  await second.opened()
  const seconds = (performance.now() - from) / 1_000
  const count = second.statistics()['retained messages/count']
  console.log(`${count} retained messages are there again after ${seconds.toFixed(2)} s`)
  await second.close()
} finally {
  rmSync(location, { recursive: true })
}
