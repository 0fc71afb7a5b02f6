// `npm run bench [-- --quick] [--rows 1-1,1-8] [--brokers midge,mosquitto] [--seconds 2] [--runs 3]`: the gateway
// beside mosquitto (where it is installed), FlashMQ (where FLASHMQ names its program) and aedes, in one run. Brokers
// have one core, the load generator another. `--variants no-words,no-gathering`: the gateway beside itself with
// something done otherwise. `--beside FILE`: beside another build of it, whose command line is FILE: the file
// dist/host/cli.js of the tree before a change.
// `--cluster`: several gateways that are one broker (bench/cluster.mjs).
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { brokerAdd, brokerNames, brokerStart, hasTaskset } from './bench/brokers.mjs'
import { benchCluster } from './bench/cluster.mjs'
import { HEAP_NODE_OPTIONS, measureHeap } from './bench/heap.mjs'
import { measurePingPong, measureRetained } from './bench/latency.mjs'
import { QUICK_ROWS, ROWS } from './bench/rows.mjs'
import { measureThroughput } from './bench/throughput.mjs'
import { VARIANTS, variantBuild } from './bench/variants.mjs'
import { commandLine, namesOf, positive, wholeNumber } from './lib/command_line.mjs'
import { distFresh } from './lib/dist.mjs'
import { formatTable } from './lib/table.mjs'

const PORT_FIRST = 28_830
/** Below this share of its core a broker waits for the load generator. */
const LOAD_MIN = 0.9

const options = commandLine('bench')
  .description('The gateway beside mosquitto, where it is installed, and aedes: deliveries per second of CPU.')
  .option('--quick', 'fewer rows, shorter')
  .option('--rows <names>', 'with commas between them', namesOf(Object.keys(ROWS)))
  .option('--brokers <names>',
    'midge, kept (with persistence), flashmq, mosquitto, aedes, or what the next two options add',
    namesOf(['midge', 'kept', 'flashmq', 'mosquitto', 'aedes', 'beside', ...Object.keys(VARIANTS)]))
  .option('--seconds <number>', 'of a run; 2 unless told', positive)
  .option('--runs <count>', 'of which the median is taken; 3 unless told', wholeNumber(1))
  .option('--variants <names>', 'the gateway beside itself with something done otherwise',
    namesOf(Object.keys(VARIANTS)))
  .option('--beside <cli.js>', 'beside another build of it')
  .option('--cluster', 'one to three gateways on NATS servers, and what sessions and retained messages cost there')
  .option('--node-options <options>', 'for brokers that run in Node.js', '')
  .parse().opts()
const seconds = options.seconds ?? (options.quick ? 0.7 : 2)
const runs = options.runs ?? (options.quick ? 1 : 3)
if (options.cluster) {
  await benchCluster(seconds)
  process.exit()
}
const rowNames = options.rows ?? (options.quick ? QUICK_ROWS : Object.keys(ROWS))
const variants = options.variants ?? []
const others = options.beside ? [...variants, 'beside'] : variants
const names = options.brokers ?? (others.length ? ['midge', ...others] : brokerNames())
await distFresh('host')
for (const variant of variants) brokerAdd(variant, await variantBuild(variant))
if (options.beside) brokerAdd('beside', resolve(options.beside))
const nodeOptions = options.nodeOptions.split(' ').filter(Boolean)

if (hasTaskset) spawnSync('taskset', ['-a', '-cp', '0', String(process.pid)])
else console.log('taskset is missing: brokers and generator share all cores.')
let port = PORT_FIRST

const kinds = {
  throughput: (row, broker) => measureThroughput(row, broker, seconds),
  pingpong: (_row, broker) => measurePingPong(broker, 2_000 * Math.max(1, Math.round(seconds))),
  retained: (row, broker) => measureRetained(broker, row.count),
  heap: (row, broker) => measureHeap(row, broker, row.count),
}
/** The figure that a row is about, its format, and whether more of it is better. */
const figures = {
  throughput: { of: result => result.rate, text: result => `${Math.round(result.rate / 1_000)}k`, isMoreBetter: true },
  pingpong: { of: result => result.p50, text: result => `${result.p50.toFixed(0)}/${result.p99.toFixed(0)} us` },
  retained: { of: result => result.ms, text: result => `${result.ms.toFixed(2)} ms` },
  heap: { of: result => result.perMessage, text: result => `${result.perMessage.toFixed(1)} B/message` },
}

/** One measurement: a broker that was started for it. */
async function measureOnce (row, name) {
  const isHeap = row.kind === 'heap'
  const broker = await brokerStart(name, port++, {
    core: 1, nodeOptions: isHeap ? [...nodeOptions, ...HEAP_NODE_OPTIONS] : nodeOptions,
  })
  try {
    return await kinds[row.kind](row, broker)
  } finally {
    await broker.stop()
  }
}

/** The median of the runs, by the row's figure. */
async function measure (row, name) {
  const results = []
  for (let i = 0; i < runs; i++) results.push(await measureOnce(row, name))
  return results.sort((a, b) => figures[row.kind].of(a) - figures[row.kind].of(b))[results.length >> 1]
}

function ratioText (row, own, other) {
  const { of, isMoreBetter } = figures[row.kind]
  return `${(isMoreBetter ? of(own) / of(other) : of(other) / of(own)).toFixed(2)}x`
}

function note (row, results) {
  if (row.kind !== 'throughput') return ''
  const waiting = Object.keys(results).filter(name => results[name].load < LOAD_MIN)
  return waiting.length ? `generator-bound: ${waiting.join(', ')}` : ''
}

/** The report's cells of one row. */
async function reportRow (rowName) {
  const row = ROWS[rowName]
  const results = {}
  const cells = [rowName]
  for (const name of names) {
    // mosquitto's heap is not V8's.
    if (row.kind === 'heap' && name === 'mosquitto') {
      cells.push('', '')
      continue
    }
    try {
      results[name] = await measure(row, name)
      cells.push(figures[row.kind].text(results[name]), `${Math.round(results[name].resident / 1e6)} MB`)
    } catch (error) {
      // A broker that loses or changes a message has no figure.
      cells.push(`failed: ${error.message}`, '')
      process.exitCode = name === 'midge' ? 1 : process.exitCode
    }
  }
  for (const name of names.slice(1)) {
    cells.push(results.midge && results[name] ? ratioText(row, results.midge, results[name]) : '')
  }
  return [...cells, note(row, results)]
}

console.log(`Node ${process.version}`)
console.log(`${runs} run(s) of ${seconds} s, the median: deliveries per second of the broker's CPU, resident memory.`)
const header = ['row', ...names.flatMap(name => [name, '']), ...names.slice(1).map(name => `to ${name}`), '']
const table = [header]
for (const rowName of rowNames) {
  table.push(await reportRow(rowName))
  console.log(table.at(-1).filter(Boolean).join('  '))
}
console.log(`\n${formatTable(table)}`)
process.exit()
