// `npm run bench [-- --quick] [--rows 1-1,1-8] [--brokers midge,mosquitto] [--seconds 2] [--runs 3]`: the gateway
// beside mosquitto (where it is installed), FlashMQ (where FLASHMQ names its program) and aedes, in one run. Brokers
// have one core, the load generator another. `--variants no-words,no-gathering`: the gateway beside itself with
// something done otherwise. `--beside FILE`: beside another build of it, whose command line is FILE: the file
// dist/host/cli.js of the tree before a change.
// `--profile 100-1,single`: where the gateway spends the time of rows, beside a relay that knows nothing of MQTT
// (bench/profile.mjs). `--cluster`: several gateways that are one broker (bench/cluster.mjs).
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { brokerAdd, brokerNames, brokerStart, hasTaskset } from './bench/brokers.mjs'
import { benchCluster } from './bench/cluster.mjs'
import { FIGURES, medianOf, ratioText } from './bench/figures.mjs'
import { HEAP_NODE_OPTIONS, measureHeap } from './bench/heap.mjs'
import { measurePingPong, measureRetained } from './bench/latency.mjs'
import { PROFILE_COLUMNS, profileRow } from './bench/profile.mjs'
import { QUICK_ROWS, ROWS, isRelayed } from './bench/rows.mjs'
import { measureThroughput } from './bench/throughput.mjs'
import { VARIANTS, variantBuild } from './bench/variants.mjs'
import { commandLine, namesOf, positive, wholeNumber } from './lib/command_line.mjs'
import { distFresh } from './lib/dist.mjs'
import { freePort } from './lib/free_port.mjs'
import { formatTable } from './lib/table.mjs'

/** Below this share of its core a broker waits for the load generator. */
const LOAD_MIN = 0.9
/** Their heap is not V8's. */
const NATIVE = ['flashmq', 'mosquitto']

const options = commandLine('bench')
  .description('The gateway beside mosquitto, where it is installed, and aedes: deliveries per second of CPU.')
  .option('--quick', 'fewer rows, shorter')
  .option('--rows <names>', 'with commas between them', namesOf(Object.keys(ROWS)))
  .option('--brokers <names>',
    'midge, kept (with persistence), flashmq, mosquitto, aedes, relay, or what the next two options add',
    namesOf(['midge', 'kept', 'flashmq', 'mosquitto', 'aedes', 'relay', 'beside', ...Object.keys(VARIANTS)]))
  .option('--seconds <number>', 'of a run; 2 unless told', positive)
  .option('--runs <count>', 'of which the median is taken; 3 unless told', wholeNumber(1))
  .option('--variants <names>', 'the gateway beside itself with something done otherwise',
    namesOf(Object.keys(VARIANTS)))
  .option('--beside <cli.js>', 'beside another build of it')
  .option('--profile <rows>', 'where the gateway, or who of --brokers runs in Node, spends the time of rows',
    namesOf(Object.keys(ROWS).filter(name => ROWS[name].kind === 'throughput')))
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

if (!hasTaskset) console.log('taskset is missing: brokers and generator share all cores.')
else if (!options.profile) spawnSync('taskset', ['-a', '-cp', '0', String(process.pid)])

const kinds = {
  throughput: (row, broker) => measureThroughput(row, broker, seconds),
  pingpong: (_row, broker) => measurePingPong(broker, 2_000 * Math.max(1, Math.round(seconds))),
  retained: (row, broker) => measureRetained(broker, row.count),
  heap: (row, broker) => measureHeap(row, broker, row.count),
}
/** One measurement: a broker that was started for it. */
async function measureOnce (row, name) {
  const isHeap = row.kind === 'heap'
  const broker = await brokerStart(name, await freePort(), {
    core: 1, nodeOptions: isHeap ? [...nodeOptions, ...HEAP_NODE_OPTIONS] : nodeOptions,
  })
  try {
    return await kinds[row.kind](row, broker)
  } finally {
    await broker.stop()
  }
}

function note (row, able, results) {
  if (row.kind !== 'throughput') return ''
  const waiting = able.filter(name => medianOf(row.kind, results[name]).load < LOAD_MIN)
  return waiting.length ? `generator-bound: ${waiting.join(', ')}` : ''
}

/** The runs of a row, the brokers' in turns, so that what else the machine does is shared; by broker, or its error. */
async function measureRow (row, able) {
  const results = Object.fromEntries(able.map(name => [name, []]))
  for (let i = 0; i < runs; i++) {
    for (const name of able.filter(each => Array.isArray(results[each]))) {
      // A broker that loses or changes a message has no figure.
      await measureOnce(row, name).then(result => results[name].push(result), error => { results[name] = error })
    }
  }
  return results
}

function cellsOf (row, results) {
  if (!results) return ['', '']
  if (results instanceof Error) return [`failed: ${results.message}`, '']
  const median = medianOf(row.kind, results)
  return [FIGURES[row.kind].text(median), `${Math.round(median.resident / 1e6)} MB`]
}

/** The report's cells of one row. */
async function reportRow (rowName) {
  const row = ROWS[rowName]
  const results = await measureRow(row, names.filter(name => isAble(name, row)))
  if (results.midge instanceof Error) process.exitCode = 1
  const has = name => Array.isArray(results[name])
  const [own, ...others] = names
  const ratios = others.map(name => has(own) && has(name) ? ratioText(row.kind, results[own], results[name]) : '')
  const cells = names.flatMap(name => cellsOf(row, results[name]))
  return [rowName, ...cells, ...ratios, note(row, names.filter(has), results)]
}

/** What a broker is not asked: a relay what needs a broker, and who is not V8 what V8's heap has to do with. */
function isAble (name, row) {
  if (name === 'relay') return isRelayed(row)
  return row.kind !== 'heap' || !NATIVE.includes(name)
}

async function reportProfiles (asked) {
  const profiles = [['row', 'broker', ...PROFILE_COLUMNS]]
  const inNode = (options.brokers ?? ['midge', 'relay']).filter(name => !NATIVE.includes(name))
  for (const rowName of asked) {
    for (const name of inNode.filter(each => isAble(each, ROWS[rowName]))) {
      const shares = await profileRow(ROWS[rowName], rowName, name, await freePort(), seconds)
      profiles.push([rowName, name, ...PROFILE_COLUMNS.map(column => `${Math.round(shares[column] * 100)} %`)])
    }
  }
  console.log(formatTable(profiles))
}

console.log(`Node ${process.version}`)
if (options.profile) {
  await reportProfiles(options.profile)
  process.exit()
}
console.log(`${runs} run(s) of ${seconds} s, the median: deliveries per second of the broker's CPU, resident memory.`)
const header = ['row', ...names.flatMap(name => [name, '']), ...names.slice(1).map(name => `to ${name}`), '']
const table = [header]
for (const rowName of rowNames) {
  table.push(await reportRow(rowName))
  console.log(table.at(-1).filter(Boolean).join('  '))
}
console.log(`\n${formatTable(table)}`)
process.exit()
