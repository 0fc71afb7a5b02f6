// `npm run mosquitto-tests -- FOLDER`: the tests that mosquitto has of its broker (test/broker/*.py), with Midge's
// gateway in the place of its program. FOLDER is a checkout of mosquitto, or MOSQUITTO_SRC names it; nothing is written
// there. Exits 1 when a test does other than scripts/mosquitto_tests/answers.mjs says, or the checkout is not there.
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { distFresh } from './lib/dist.mjs'
import { commandLine, wholeNumber } from './lib/command_line.mjs'
import { showBuild } from './lib/show_build.mjs'
import { formatTable } from './lib/table.mjs'
import { ANSWERS, LOG } from './mosquitto_tests/answers.mjs'
import { layOut, testsOf } from './mosquitto_tests/checkout.mjs'
import { runTest } from './mosquitto_tests/run.mjs'

const REPOSITORY = 'https://github.com/eclipse-mosquitto/mosquitto'

/**
 * @typedef {{ name: string, passed: boolean, output: string, needs?: string }} Outcome  `needs`: why it was not run
 */

/** Whether all of a test is so but the words of the log. @param {string} name */
const isAnyWords = name => ANSWERS[name] === LOG

/** Whether a test did what is known of it. @param {Outcome} outcome */
const isAsKnown = ({ name, passed }) => passed === (!ANSWERS[name] || isAnyWords(name))

/** A line for each test as it ends, and what a test printed that went wrong. @param {Outcome} outcome */
function show ({ name, passed, output, needs }, isLoud = false) {
  const known = isAsKnown({ name, passed, output })
  const answer = isAnyWords(name) ? `passed, and ${LOG}` : passed ? 'passed' : `differs: ${ANSWERS[name]}`
  const word = needs ? `not run: ${needs}` : known ? answer : passed ? 'passed, and has an answer' : 'FAILED'
  console.log(`${name}  ${word}`)
  if (isLoud || (!needs && !known)) console.log(output.replace(/^/gm, '    '))
}

/**
 * The tests, `workers` at a time, each with ports of its own.
 * @param {string} folder @param {ReturnType<typeof testsOf>} tests @param {number} workers @param {boolean} isLoud
 */
async function runAll (folder, tests, workers, isLoud) {
  const queue = [...tests]
  /** @type {Outcome[]} */
  const outcomes = []
  await Promise.all(Array.from({ length: workers }, async (_, worker) => {
    for (let test = queue.shift(); test; test = queue.shift()) {
      const outcome = test.needs ? { name: test.name, passed: false, output: '', needs: test.needs }
        : { name: test.name, ...await runTest(folder, test, worker, isAnyWords(test.name)) }
      show(outcome, isLoud)
      outcomes.push(outcome)
    }
  }))
  return outcomes
}

const command = commandLine('mosquitto-tests')
  .description('mosquitto\'s own tests of its broker against the gateway; exits 1 when one fails.')
  .argument('[folder]', 'a checkout of mosquitto; MOSQUITTO_SRC unless told')
  .option('--filter <text>', 'the tests whose names contain it', '')
  .option('--workers <number>', 'tests at a time', wholeNumber(1, 64), cpus().length)
  .option('--verbose', 'what each test printed')
  .parse()
const { filter, workers, verbose } = command.opts()
const source = command.args[0] ?? process.env.MOSQUITTO_SRC
const tests = source ? testsOf(source).filter(({ name }) => name.includes(filter)) : []
if (tests.length > 0) {
  const program = join(dirname(await distFresh('host', showBuild('the gateway', console.error))), 'cli.js')
  const { folder, remove } = await layOut(source, program)
  const outcomes = await runAll(folder, tests, workers, verbose)
  await remove()
  const differing = outcomes.filter(({ name, passed, needs }) =>
    !needs && !passed && ANSWERS[name] && !isAnyWords(name))
  const wrong = outcomes.filter(outcome => !outcome.needs && !isAsKnown(outcome))
  const worded = outcomes.filter(({ name, passed }) => passed && isAnyWords(name))
  console.log(formatTable([['', 'tests'],
    ['passed', outcomes.filter(({ passed }) => passed).length - worded.length],
    ['passed, in other words in the log', worded.length],
    ['another answer, which the standard or the file allows', differing.length],
    ['not run, as they need what Midge has not', outcomes.filter(({ needs }) => needs).length],
    ['not as answers.mjs has it', wrong.length]]))
  for (const { name, passed } of wrong) console.log(`${name} ${passed ? 'passed, and has an answer' : 'failed'}`)
  if (wrong.length > 0) process.exitCode = 1
} else {
  console.error(`mosquitto-tests: there are no tests. Get them with: git clone ${REPOSITORY}\n` +
    'Then: npm run mosquitto-tests -- mosquitto, or set MOSQUITTO_SRC to where it is.')
  process.exitCode = 1
}
