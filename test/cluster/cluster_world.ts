// Three NATS servers and three gateways, and what can happen to them.
import { Gateway } from '../../scripts/cluster/gateways.mjs'
import { NatsServers } from '../../scripts/cluster/nats_servers.mjs'
import { COMMAND_LINE } from '../interop/gateway_build'

const COUNT = 3

const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

export class ClusterWorld {
  readonly servers = new NatsServers()
  gateways: Gateway[] = []
  /** Those that run, by their numbers. */
  private readonly up = new Set<number>()

  async start (servers = COUNT, gateways = COUNT, ...more: string[]): Promise<void> {
    await this.servers.start(servers)
    this.gateways = Array.from({ length: gateways }, () => new Gateway(COMMAND_LINE, this.servers.urls, 0, more))
    await Promise.all(this.gateways.map((_gateway, i) => this.gatewayStart(i)))
  }

  get ports (): number[] {
    return this.gateways.filter((_gateway, i) => this.up.has(i)).map(({ port }) => port)
  }

  async gatewayStart (number: number): Promise<void> {
    await this.gateways[number].start()
    this.up.add(number)
  }

  async gatewayEnd (number: number, signal: NodeJS.Signals): Promise<void> {
    this.up.delete(number)
    await this.gateways[number].end(signal)
  }

  /** It is ended and comes again after a while. */
  async gatewayRestart (number: number, signal: NodeJS.Signals, ms: number): Promise<void> {
    await this.gatewayEnd(number, signal)
    await wait(ms)
    await this.gatewayStart(number)
  }

  async serverRestart (number: number, signal: NodeJS.Signals, ms: number): Promise<void> {
    await this.servers.end(number, signal)
    await wait(ms)
    await this.servers.run(number)
  }

  /** It does nothing for a while, and knows nothing of that. */
  async gatewayStop (number: number, ms: number): Promise<void> {
    this.gateways[number].signal('SIGSTOP')
    await wait(ms)
    this.gateways[number].signal('SIGCONT')
  }

  /** The network between a server and another one, or all of them, is gone for a while. */
  async serverCut (number: number, others: number[], ms: number): Promise<void> {
    for (const other of others) this.servers.cut(number, other, true)
    await wait(ms)
    for (const other of others) this.servers.cut(number, other, false)
  }

  /** What each gateway says of the cluster. */
  async metrics (): Promise<string> {
    const ended = (program: Gateway['process']): string => `${program?.exitCode} ${program?.signalCode}`
    const texts = await Promise.all(this.gateways.map(({ metricsPort, process: program }) =>
      fetch(`http://127.0.0.1:${metricsPort}/health`).then(answer => answer.text())
        .catch(() => `nothing: its program has ended with ${ended(program)}`)))
    return texts.join('\n')
  }

  /** A number that each gateway says of itself. */
  async metric (name: string): Promise<number[]> {
    return Promise.all(this.gateways.map(async ({ metricsPort }) => {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
      return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1])
    }))
  }

  /** What the gateways have said, for whoever looks for the cause of something. */
  get said (): string {
    return this.gateways.map(({ lines, port }) => [`gateway on port ${port}:`, ...lines].join('\n')).join('\n')
  }

  async stop (): Promise<void> {
    await Promise.all(this.gateways.map(async gateway => {
      gateway.signal('SIGCONT')
      await gateway.end('SIGKILL')
    }))
    await this.servers.stop()
  }
}
