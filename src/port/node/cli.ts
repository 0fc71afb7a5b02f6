// The gateway's command line: `midge-mqtt`.
import { Command, InvalidArgumentError, Option } from 'commander'
import { VERSION } from '../../version'
import { loadConfiguration } from './configuration/load'
import { type GatewayOptions, defaultLog } from './configuration/options'
import { type PasswdOptions, passwd } from './gateway/passwd'
import { checkFiles, runGateway } from './gateway/run'

const PORT_DEFAULT = 1_883

interface StartOptions {
  config?: string
  testConfig?: boolean
  port?: number
  host?: string
  allowAnonymous?: boolean
  verbose?: boolean
  logFormat?: 'text' | 'json'
  metrics?: number
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError('expected a TCP port from 0 to 65535.')
  }
  return port
}

/** The gateway without a configuration file: one listener, on this computer unless told. */
function optionsWithoutFile(options: StartOptions): GatewayOptions {
  return {
    listeners: [{ port: options.port ?? readPort(process.env.PORT ?? String(PORT_DEFAULT)), host: options.host }],
    allowAnonymous: options.allowAnonymous, passwordFile: undefined, accessFile: undefined, limits: {},
    log: { ...defaultLog(), hasConnections: false }, pidFile: undefined, systemUser: undefined,
  }
}

/** What the command line says goes before what the file says. */
function optionsOf(options: StartOptions): GatewayOptions {
  const gateway = options.config === undefined ? optionsWithoutFile(options) : loadConfiguration(options.config)
  if (options.config !== undefined && (options.port !== undefined || options.host !== undefined)) {
    const [first] = gateway.listeners
    gateway.listeners[0] = { ...first, port: options.port ?? first.port, host: options.host ?? first.host }
  }
  if (options.allowAnonymous) gateway.allowAnonymous = true
  if (options.verbose) gateway.log.hasConnections = true
  if (options.logFormat) gateway.log.format = options.logFormat
  return gateway
}

/** Ends the program with one sentence. */
function fail(error: unknown): never {
  console.error(`midge: ${(error as Error).message}`)
  process.exit(1)
}

async function start(options: StartOptions): Promise<void> {
  try {
    const gateway = optionsOf(options)
    checkFiles(gateway)
    if (options.testConfig) console.log(`${options.config ?? 'The command line'} is good.`)
    else await runGateway(gateway, options.metrics)
  } catch (error) {
    fail(error)
  }
}

const program = new Command()
  .name('midge-mqtt')
  .description('An MQTT 5.0, 3.1.1 and 3.1 broker.')
  .version(VERSION, '-V, --version')

program
  .option('-c, --config <file>', 'a configuration file in the words of mosquitto.conf')
  .option('-t, --test-config', 'check the configuration and end')
  .option('-p, --port <port>', 'TCP port; 0 takes a free one', readPort)
  .option('--host <address>', 'address to listen on, * for all (default: 127.0.0.1)')
  .option('--allow-anonymous', 'let clients without a user in from other computers too')
  .option('-v, --verbose', 'log connections')
  .addOption(new Option('--log-format <format>', 'how lines of the log look').choices(['text', 'json']))
  .option('--metrics <port>', 'serve /metrics for Prometheus and /health on this port of 127.0.0.1', readPort)
  .action(start)

program.command('passwd <file> <user>')
  .description('set a user\'s password in a password_file; it is read from the terminal or from a pipe')
  .option('--scram', 'for SCRAM-SHA-256 too; mosquitto does not read such lines')
  .option('-D, --delete', 'take the user out')
  .option('-b, --batch <password>', 'the password; others on this computer can see it')
  .action((file: string, user: string, options: PasswdOptions) =>
    passwd(file, user, options).then((done) => console.log(done), fail))

await program.parseAsync()
