// `npm run cluster`: three NATS servers and three gateways on this computer, which are one broker; until Ctrl-C.
import { Gateway, gatewayProgram } from './cluster/gateways.mjs'
import { NatsServers, natsMissing } from './cluster/nats_servers.mjs'
import { commandLine, wholeNumber } from './lib/command_line.mjs'

const COUNT = 3
const PORT = 1_883

const options = commandLine('cluster')
  .description('Three NATS servers and three gateways on this computer, which are one broker; Ctrl-C ends them.')
  .option('--port <port>', 'the first gateway\'s; 0 takes free ones', wholeNumber(0), PORT)
  .parse().opts()

/** Ends with a sentence. @param {string} sentence */
function fail (sentence) {
  console.error(`midge: ${sentence}`)
  process.exitCode = 1
}

const servers = new NatsServers()
/** @type {Gateway[]} */
let gateways = []
let isOver = false

async function stop () {
  if (isOver) return
  isOver = true
  await Promise.all(gateways.map(gateway => gateway.end('SIGTERM')))
  await servers.stop()
}

async function start () {
  const program = await gatewayProgram()
  await servers.start(COUNT)
  gateways = Array.from({ length: COUNT }, (_, i) =>
    new Gateway(program, servers.urls, options.port && options.port + i))
  await Promise.all(gateways.map(gateway => gateway.start()))
  console.log(`The engine: ${servers.urls.join(', ')}`)
  for (const { port, metricsPort } of gateways) {
    console.log(`A gateway: mqtt://127.0.0.1:${port}, metrics on http://127.0.0.1:${metricsPort}/metrics`)
  }
  console.log('They are one broker: subscribe at one, publish at another. Ctrl-C ends them.')
}

if (natsMissing) fail(`${natsMissing}.`)
else {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop())
  await start().catch(async error => {
    fail(error.message)
    await stop()
  })
}
