// `npm run bench -- --profile ROW`: where a broker in Node spends the time of a row. V8's sampler tells the program's
// own JavaScript, Node's (streams, timers) and the collector; the system tells how much of it is the kernel's. What is
// left is native code in the process: V8's own, Node's and libuv's.
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../lib/root.mjs'
import { brokerStart } from './brokers.mjs'
import { measureThroughput } from './throughput.mjs'

const FOLDER = join(ROOT, '.cache/profiles')
const INTERVAL_US = 200
export const PROFILE_COLUMNS = ['own', 'Node\'s', 'collector', 'native', 'kernel']

function ownerOf ({ functionName, url }) {
  if (functionName === '(idle)') return 'idle'
  if (functionName === '(garbage collector)') return 'collector'
  if (url.startsWith('node:')) return 'Node\'s'
  return url ? 'own' : 'native'
}

/** Whose a profile's samples are between two moments, microseconds of the system's clock; shares without idle ones. */
export function sharesOf ({ nodes, samples, timeDeltas, startTime }, from, to) {
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]))
  const counts = { own: 0, 'Node\'s': 0, collector: 0, native: 0, idle: 0 }
  let at = startTime
  for (const [i, id] of samples.entries()) {
    at += timeDeltas[i]
    if (at >= from && at < to) counts[owners.get(id)]++
  }
  const { idle, ...busy } = counts
  const sum = samplesIn(counts) - idle
  return Object.fromEntries(Object.entries(busy).map(([owner, count]) => [owner, sum ? count / sum : 0]))
}

const samplesIn = counts => Object.values(counts).reduce((a, b) => a + b, 0)

async function profileTake (folder, name) {
  const [file] = await readdir(folder)
  if (!file) throw new Error(`${name} has left no profile`)
  const path = join(FOLDER, `${name}.cpuprofile`)
  await rename(join(folder, file), path)
  await rm(folder, { recursive: true })
  return JSON.parse(await readFile(path, 'utf8'))
}

/** Runs a row on a broker of its own; answers shares by PROFILE_COLUMNS. The profile stays under .cache/profiles. */
export async function profileRow (row, rowName, name, port, seconds) {
  const folder = join(FOLDER, `${rowName}-${name}`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${INTERVAL_US}`]
  // The sampler's thread must get a core while the program has one.
  const broker = await brokerStart(name, port, { nodeOptions })
  let result
  try {
    result = await measureThroughput(row, broker, seconds)
  } finally {
    await broker.stop()
  }
  const shares = sharesOf(await profileTake(folder, `${rowName}-${name}`), result.from, result.to)
  // A sample does not tell the kernel from what has called it.
  return { ...shares, native: Math.max(0, shares.native - result.kernel), kernel: result.kernel }
}
