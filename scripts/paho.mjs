// `npm run paho -- FOLDER`: Eclipse Paho's interoperability suite against the gateway, for 3.1.1 and for 5.0. FOLDER is
// a clone of the suite's repository, or PAHO_TESTING names it. `--filter NAME` runs the tests whose names contain it;
// `--cluster moving` has three gateways that are one broker, and each connection come to another one.
// Exits 1 when a test fails or the suite is not there.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Option } from 'commander'
import { bundleBoard } from './build/bundle.mjs'
import { natsMissing } from './cluster/nats_servers.mjs'
import { PahoGateways } from './cluster/paho_gateways.mjs'
import { commandLine } from './lib/command_line.mjs'
import { ROOT } from './lib/root.mjs'
import { formatTable } from './lib/table.mjs'

const REPOSITORY = 'https://github.com/eclipse-paho/paho.mqtt.testing'
/** A suite that takes longer hangs. */
const SUITE_MS_MAX = 600_000

/**
 * The suites; `differs` has what a test wants otherwise than the broker and the standard: such a test must fail.
 * @type {{ version: string, module: string, tests: number, differs: Record<string, string> }[]}
 */
const SUITES = [
  { version: '3.1.1', module: 'client_test', tests: 11, differs: {} },
  {
    version: '5.0', module: 'client_test5', tests: 27, differs: {
      test_subscribe_failure: 'wants 0x80 for a filter that is denied, where the standard has 0x87 Not authorized',
    },
  },
]

/** The same of gateways with files of mosquitto's. */
const CLUSTER_DIFFERS = {
  test_subscribe_failure: 'wants a SUBSCRIBE refused to what an acl_file denies: it is granted, and nothing comes',
}

/**
 * What a module's own __main__ does, for an address of ours, without the log of every packet, and with a summary.
 * client_test.py has an eleventh test, will_message_test, whose name Python's unittest passes over.
 */
const RUNNER = `
import importlib, json, logging, sys, unittest
suite = importlib.import_module(sys.argv[1])
logging.getLogger().setLevel(logging.CRITICAL)
suite.topics = ("TopicA", "TopicA/B", "Topic/C", "TopicA/C", "/TopicA")
suite.wildtopics = ("TopicA/+", "+/C", "#", "/#", "/+", "+/+", "TopicA/#")
suite.nosubscribe_topics = ("test/nosubscribe",)
suite.topic_prefix = ""
suite.host, suite.port = "127.0.0.1", int(sys.argv[2])
for name in [name for name in vars(suite.Test) if name.endswith("_test")]:
  setattr(suite.Test, "test_" + name, getattr(suite.Test, name))
loader = unittest.TestLoader()
loader.testNamePatterns = ["*" + sys.argv[3] + "*"]
result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(loader.loadTestsFromModule(suite))
wrong = [test.id() for test, _ in result.failures + result.errors]
print(json.dumps({"run": result.testsRun, "wrong": wrong, "skipped": len(result.skipped)}))
`

/** The folder with the suite's modules, in a clone or given itself; null: it is not there. */
function findSuite (folder) {
  if (!folder) return null
  const candidates = [join(folder, 'interoperability'), folder].map(path => resolve(path))
  return candidates.find(path => SUITES.every(({ module }) => existsSync(join(path, `${module}.py`)))) ?? null
}

/** Brokers of the gateway, each with tables of its own. */
async function loadFactory () {
  const { code } = await bundleBoard('host', {
    entry: 'test/interop/paho_gateway.ts', format: 'factory', factoryName: 'createGateway', minify: true,
  })
  const folder = join(ROOT, '.cache/paho')
  const file = join(folder, `gateway.${process.pid}.mjs`)
  await mkdir(folder, { recursive: true })
  await writeFile(file, code)
  try {
    return (await import(pathToFileURL(file).href)).createGateway
  } finally {
    await rm(file)
  }
}

/** Runs one module of the suite; answers its summary, null where Python gave none. */
function runModule (folder, module, port, filter) {
  return new Promise((resolve, reject) => {
    const python = spawn('python3', ['-c', RUNNER, module, String(port), filter], {
      cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], timeout: SUITE_MS_MAX,
    })
    let last = ''
    python.stdout.setEncoding('utf8')
    python.stdout.on('data', text => {
      process.stdout.write(text)
      last = (last + text).slice(-10_000)
    })
    python.once('error', reject)
    python.once('close', code => resolve(code === 0 ? JSON.parse(last.trim().split('\n').pop()) : null))
  })
}

/** One suite against a broker of its own; answers its row of the table. */
async function runSuite (folder, createGateway, { version, module, tests, differs }, filter) {
  const gateway = createGateway(version)
  const summary = await runModule(folder, module, await gateway.startForSuite(), filter)
  await gateway.stop()
  const expected = filter ? summary?.run : tests
  if (!summary) {
    process.exitCode = 1
    return [version, 0, expected ?? 0, 'the suite did not come to its end']
  }
  const nameOf = id => id.split('.').pop()
  const differing = Object.keys(differs).filter(name => name.includes(filter))
  const wrong = summary.wrong.filter(id => !(nameOf(id) in differs))
  wrong.push(...differing.filter(name => !summary.wrong.some(id => nameOf(id) === name)).map(name => `${name} passed`))
  for (const name of differing) console.log(`${name}, which must fail, ${differs[name]}`)
  if (summary.run !== expected || wrong.length > 0 || summary.skipped > 0) process.exitCode = 1
  const passed = summary.run - summary.wrong.length - summary.skipped
  return [version, passed, expected - differing.length, wrong.join(' ')]
}

const command = commandLine('paho')
  .description('Eclipse Paho\'s interoperability suite against the gateway; exits 1 when a test fails.')
  .argument('[folder]', 'a clone of the suite\'s repository; PAHO_TESTING unless told')
  .option('--filter <text>', 'the tests whose names contain it', '')
  .addOption(new Option('--cluster <way>', 'three gateways that are one broker: where each connection comes to')
    .choices(['random', 'moving']))
  .parse()
const { filter, cluster } = command.opts()
const folder = findSuite(command.args[0] ?? process.env.PAHO_TESTING)
if (folder && cluster && natsMissing) {
  console.error(natsMissing)
  process.exitCode = 1
} else if (folder) {
  const createGateway = cluster
    ? (/** @type {string} */ version) => new PahoGateways(cluster, version)
    : await loadFactory()
  const rows = [['MQTT', 'passed', 'of', 'failed']]
  const suites = cluster ? SUITES.map(suite => ({ ...suite, differs: CLUSTER_DIFFERS })) : SUITES
  for (const suite of suites) rows.push(await runSuite(folder, createGateway, suite, filter))
  console.log(formatTable(rows))
} else {
  console.error(`paho: the suite is not there. Get it with: git clone ${REPOSITORY}\n` +
    'Then: npm run paho -- paho.mqtt.testing, or set PAHO_TESTING to where it is.')
  process.exitCode = 1
}
