// The gateway's command line: `midge-mqtt`.
import { VERSION } from '../../version'
import { commandLine, readPort } from './command_line.mjs'
import { type ConfigurationError, ConfigurationErrors } from './configuration/entries'
import { readConfiguration } from './configuration/load'
import { type GatewayOptions, defaultLog, emptyOptions } from './configuration/options'
import { addressErrors } from './gateway/address_check'
import { configurationErrors, payloadErrors } from './gateway/check'
import { dashboardAdd, dashboardLog } from './gateway/dashboard_options'
import type { MetricsAddress } from './gateway/metrics'
import { type PasswdOptions, passwd } from './gateway/passwd'
import { RealmReader } from './gateway/realm_files'
import { runGateway } from './gateway/run'
import { type StateOptions, stateExport, stateImport } from './gateway/state'

const PORT_DEFAULT = 1_883

interface StartOptions {
  config?: string
  testConfig?: boolean
  port?: number
  host?: string
  allowAnonymous?: boolean
  verbose?: boolean
  logFormat?: 'text' | 'json'
  metrics?: MetricsAddress
  dashboard?: MetricsAddress
  cluster?: string[]
  clusterName?: string
  clusterReference?: string
  mdns?: true | string
}

/** The gateway without a configuration file: one listener, on this computer unless told. */
function optionsWithoutFile(options: StartOptions): GatewayOptions {
  return {
    ...emptyOptions(),
    listeners: [{ port: options.port ?? readPort(process.env.PORT ?? String(PORT_DEFAULT)), host: options.host }],
    allowAnonymous: options.allowAnonymous,
    log: { ...defaultLog(), hasConnections: false },
  }
}

interface OptionsRead { gateway: GatewayOptions, errors: ConfigurationError[] }

/** What a file says, and all that is wrong with it and with what it names. */
function optionsOfFile(file: string): OptionsRead {
  const { options, errors } = readConfiguration(file)
  return { gateway: options, errors: [...errors, ...configurationErrors(options)] }
}

/** What the command line says goes before what the file says. */
function optionsRead(options: StartOptions): OptionsRead {
  const { config } = options
  const { gateway, errors } = config === undefined
    ? { gateway: optionsWithoutFile(options), errors: [] }
    : optionsOfFile(config)
  // There is none where all are wrong.
  const first = gateway.listeners.at(0)
  if (config !== undefined && first && (options.port !== undefined || options.host !== undefined)) {
    gateway.listeners[0] = { ...first, port: options.port ?? first.port, host: options.host ?? first.host }
  }
  if (options.allowAnonymous) {
    gateway.allowAnonymous = true
    for (const realm of gateway.realms) realm.allowAnonymous = true
  }
  if (options.cluster) {
    gateway.cluster = { servers: options.cluster, name: options.clusterName, reference: options.clusterReference }
    clusterCheck(gateway)
  } else if (options.clusterName !== undefined || options.clusterReference !== undefined) {
    throw new Error('--cluster-name and --cluster-reference say something of --cluster: give that too.')
  }
  if (options.mdns !== undefined) {
    gateway.mdns = { ...gateway.mdns, ...options.mdns === true ? {} : { name: options.mdns } }
  }
  if (options.dashboard) dashboardAdd(gateway, options.dashboard)
  dashboardLog(gateway)
  if (options.verbose) gateway.log.hasConnections = true
  if (options.logFormat) gateway.log.format = options.logFormat
  return { gateway, errors }
}

/** Throws all that is wrong with a configuration. */
function optionsTaken({ gateway, errors }: OptionsRead): GatewayOptions {
  if (errors.length) throw new ConfigurationErrors(errors)
  return gateway
}

/**
 * A cluster keeps what it acknowledges in its engine, a bridge would be every gateway's, and who is locked out at one
 * gateway by a command would come in at the others.
 */
function clusterCheck({ persistence, bridges, realms }: GatewayOptions): void {
  const isDynamic = realms.some(({ dynamicSecurity }) => dynamicSecurity)
  const other = persistence ? 'persistence' : bridges.length ? 'bridges' : isDynamic ? 'dynamic security' : ''
  if (other) throw new Error(`--cluster goes without ${other}: delete it from the configuration.`)
}

/** Ends the program with one sentence. */
function fail(error: unknown): never {
  console.error(`midge: ${(error as Error).message}`)
  process.exit(1)
}

async function start(options: StartOptions): Promise<void> {
  try {
    const read = optionsRead(options)
    read.errors.push(...await payloadErrors(read.gateway), ...await addressErrors(read.gateway))
    const gateway = optionsTaken(read)
    if (options.testConfig) {
      const realms = new RealmReader(gateway)
      await realms.packagesCheck(realms.read())
      for (const notice of gateway.notices) console.log(notice)
      console.log(`${options.config ?? 'The command line'} is good.`)
    } else await runGateway(gateway, options.metrics, () => optionsTaken(optionsRead(options)))
  } catch (error) {
    fail(error)
  }
}

/** Prints the sentence of something that was done, or ends with the one about why it was not. */
const report = (work: Promise<string>): Promise<void> => work.then((done) => console.log(done), fail)

const program = commandLine('midge-mqtt', VERSION, {
  start,
  passwd: (file, user, options: PasswdOptions) => report(passwd(file, user, options)),
  stateExport: (file, options: StateOptions) => report(stateExport(file, options)),
  stateImport: (file, options: StateOptions) => report(stateImport(file, options)),
})

await program.parseAsync()
