// What the gateway's command line takes; apart from what it does, so that scripts/gateway.mjs can answer for it before
// anything is built. So no TypeScript.
import { Command, InvalidArgumentError, Option } from 'commander'

/** The exit code of a command line that is wrong. */
export const USAGE = 2

/** A command line that ends the program where it is wrong. @param {string} name */
export const createCommand = name => new Command(name)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))

/** @param {string} text */
export function readPort (text) {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError('A TCP port from 0 to 65535 is needed.')
  }
  return port
}

/** @param {string} text */
export function readServers (text) {
  const servers = text.split(',').map(server => server.trim())
  for (const server of servers) {
    if (!/^(nats|tls):\/\/[^/\s]+$/.test(server)) {
      throw new InvalidArgumentError('NATS servers look like nats://host:4222, with commas between them.')
    }
  }
  return servers
}

/** @param {string} text */
export function readName (text) {
  if (!/^[a-z0-9_-]{1,32}$/.test(text)) {
    throw new InvalidArgumentError('A name of up to 32 small letters, digits, _ and - is needed.')
  }
  return text
}

/** @param {string} text */
export function readLabel (text) {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(text)) {
    throw new InvalidArgumentError('A name of up to 63 letters, digits and hyphens is needed.')
  }
  return text
}

/**
 * A port, or an address and a port.
 * @param {string} text
 */
function readAddress (text) {
  const [, host, port] = /^(?:(.+):)?([^:]*)$/.exec(text) ?? []
  if (host?.includes(':') && !/^\[.+\]$/.test(host)) {
    throw new InvalidArgumentError('An address of IPv6 stands in brackets: [::1]:9090.')
  }
  return { host: host?.replace(/^\[(.+)\]$/, '$1'), port: readPort(port) }
}

/**
 * The program; `actions` are what it does.
 * @param {string} name
 * @param {string} version
 * @param {object} actions
 * @param {(options: any) => void | Promise<void>} actions.start
 * @param {(file: string, user: string, options: any) => void | Promise<void>} actions.passwd
 * @param {(file: string, options: any) => void | Promise<void>} actions.stateExport
 * @param {(file: string, options: any) => void | Promise<void>} actions.stateImport
 */
export function commandLine (name, version, { start, passwd, stateExport, stateImport }) {
  const program = createCommand(name)
    .description('An MQTT 5.0, 3.1.1 and 3.1 broker.')
    .version(version, '-V, --version')
    .option('-c, --config <file>', 'a configuration file in the words of mosquitto.conf')
    .option('-t, --test-config', 'check the configuration and end')
    .option('-p, --port <port>', 'TCP port; 0 takes a free one', readPort)
    .option('--host <address>', 'address to listen on, * for all (default: 127.0.0.1)')
    .option('--allow-anonymous', 'let clients without a user in from other computers too')
    .option('-v, --verbose', 'log connections')
    .addOption(new Option('--log-format <format>', 'how lines of the log look').choices(['text', 'json']))
    .option('--metrics <[address:]port>', 'serve /metrics for Prometheus and /health (address: 127.0.0.1)', readAddress)
    .option('--mdns [name]', 'announce the listeners and this computer as <name>.local (default: midge)', readLabel)
    .option('--dashboard <[address:]port>', 'serve a page with all that goes on, for users (address: 127.0.0.1)',
      readAddress)
    .option('--cluster <servers>', 'be one broker with other gateways, on NATS servers: nats://a:4222,nats://b:4222',
      readServers)
    .option('--cluster-name <name>', 'where several clusters share the servers (default: midge)', readName)
    .option('--cluster-reference <host:port>', 'where clients reach this gateway that another one sends away')
    .action(start)
  program.command('passwd <file> <user>')
    .description('set a user\'s password in a password_file; it is read from the terminal or from a pipe')
    .option('--scram', 'for SCRAM-SHA-256 too; mosquitto does not read such lines')
    .option('-D, --delete', 'take the user out')
    .option('-b, --batch <password>', 'the password; others on this computer can see it')
    .action(passwd)
  // -c is the program's own option: it is taken wherever it stands.
  program.command('export <file>')
    .description('write all that the broker keeps to a file; -c <file> or --location says where it keeps it')
    .option('--location <folder>', 'the store: persistence_location and persistence_file together')
    .action((file, _options, command) => stateExport(file, command.optsWithGlobals()))
  program.command('import <file>')
    .description('read such a file, or a copy of a board\'s flash, into an empty store; -c or --location says where')
    .option('--location <folder>', 'the store: persistence_location and persistence_file together')
    .option('--force', 'replace what the store has')
    .action((file, _options, command) => stateImport(file, command.optsWithGlobals()))
  return program
}
