// The gateway's command line: `midge-mqtt`, and `npm run gateway --` in the repository.
import { Command, InvalidArgumentError } from 'commander'
import { createBroker } from 'midge-mqtt'
import { VERSION } from '../../version'

const PORT_DEFAULT = 1_883

interface Options {
  port: number
  host: string
  allowAnonymous?: boolean
  verbose?: boolean
}

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('expected a TCP port from 0 to 65535.')
  }
  return port
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`)
}

function fail(options: Options, error: NodeJS.ErrnoException): never {
  const where = `${options.host} port ${options.port}`
  const why: Record<string, string> = {
    EADDRINUSE: `${where} is in use: end the other program, or choose a port with --port.`,
    EACCES: `${where} needs more rights: choose a port from 1024 on with --port.`,
    EADDRNOTAVAIL: `${options.host} is no address of this computer: choose one with --host.`,
  }
  console.error(`midge: ${why[error.code ?? ''] ?? error.message}`)
  process.exit(1)
}

async function run(options: Options): Promise<void> {
  const broker = createBroker()
  if (options.verbose) broker.logTo(log)
  broker.judgeConfigure(undefined, options.allowAnonymous)
  broker.start()
  const port = await broker.listen(options.port, options.host).catch((error: Error) => fail(options, error))
  log(`midge ${VERSION} listens on ${options.host} port ${port}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log(`${signal}: closing`)
      void broker.stop().then(() => process.exit(0))
    })
  }
}

await new Command()
  .name('midge-mqtt')
  .description('An MQTT 5.0, 3.1.1 and 3.1 broker.')
  .option('-p, --port <port>', 'TCP port; 0 takes a free one', readPort, readPort(process.env.PORT ?? String(PORT_DEFAULT)))
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--allow-anonymous', 'let clients without a user in from other computers too')
  .option('-v, --verbose', 'log connections')
  .version(VERSION, '-V, --version')
  .action(run)
  .parseAsync()
