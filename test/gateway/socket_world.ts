// The World over the built gateway and real sockets of this computer, in one process: so its clock is the test's own,
// and both ends of every connection can be asked how many bytes have passed. No test waits for a time: the network is
// at rest when each end has read what the other one wrote, and some turns of the event loop brought nothing new.
import { channel } from 'node:diagnostics_channel'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import type { AuthenticationExchange } from '../../src/port/node/authentication_method'
import type { createBroker as create } from '../../src/port/node/library'
import { LIBRARY } from '../interop/gateway_build'
import { boards } from '../support/core_instance'
import { Peer, type Version, type Wire } from '../support/peer'
import {
  CHALLENGE, CHALLENGE_ANSWER, CHALLENGE_METHOD, type Configuration, Unsupported, type World,
} from '../support/world'
import type { Carrier, Line } from './carriers'
import { Clock } from './clock'
import type { ScratchStore } from './scratch_store'
import { PATIENCE_MS } from '../support/patience'

/** Cases that send more packets take ten seconds each, and are about the core alone. */
export const PACKETS_MAX = 10_000

/** Turns of the event loop in which what has arrived is handled and answered. */
const TURNS = 2

const BAD_CREDENTIALS = 0x86
const NOT_AUTHORIZED = 0x87
const CONTINUE_AUTHENTICATION = 0x18
const SERVER_SHUTTING_DOWN = 0x8b

export type Instance = ReturnType<typeof create>

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

/** One connection with both its ends. */
interface Connection { peer: Peer, line: Line, served: Socket, isDropped: boolean }

export class SocketWorld implements World {
  readonly virtualTime = true
  readonly board = boards.host
  private readonly ports: number[] = []
  private readonly clock = new Clock()
  protected readonly instances: Instance[]
  private readonly connections: Connection[] = []
  /** The gateway's ends, by the port of the client. */
  private readonly served = new Map<number, Socket>()
  private readonly held: (() => void)[] = []
  private readonly onServed = (message: unknown): void => {
    const { socket } = message as { socket: Socket }
    if (this.ports.includes((socket.address() as AddressInfo).port)) this.served.set(socket.remotePort!, socket)
  }

  constructor(
    readonly name: string, createBroker: typeof create, private readonly carrier: Carrier,
    private readonly configuration: Configuration, private readonly store?: ScratchStore, count = 1,
  ) {
    this.instances = Array.from({ length: count }, () => createBroker())
  }

  /** A broker is about to start: it takes what was kept before. */
  protected async prepare(instance: Instance): Promise<void> {
    if (this.store) await instance.recordsOpen(await this.store.open(), this.store.options)
  }

  private async start(instance: Instance): Promise<void> {
    await this.prepare(instance)
    this.clock.start(() => instance.start())
    const { users, rules = [], authenticateLater } = this.configuration
    if (users ?? authenticateLater) {
      instance.authenticateHookSet(({ userName, password }) => this.judge(userName, password))
    }
    instance.authenticationMethodsSet({ [CHALLENGE_METHOD]: () => this.challenge() })
    for (const { kind, name: subject, access, filter } of rules) {
      if (!instance.accessRuleAdd(kind, subject, access, filter)) throw new Error('no room for a rule')
    }
  }

  async listen(): Promise<this> {
    for (const instance of this.instances) await this.start(instance)
    channel('net.server.socket').subscribe(this.onServed)
    for (const instance of this.instances) this.ports.push(await instance.listen({ port: 0, ...this.carrier.listener }))
    return this
  }

  /** Which of the brokers the next client comes to. */
  protected choose(_clientId?: string): number {
    return 0
  }

  async open(version: Version = 5, clientId?: string): Promise<Peer> {
    const line = await this.carrier.dial(this.ports[this.choose(clientId)])
    const { stream, network } = line
    const wire: Wire = {
      write: (bytes) => void stream.write(bytes),
      drop: () => {
        connection.isDropped = true
        network.destroy()
      },
      pause: () => {
        throw new Unsupported('the network of a computer holds more than a client that does not read has to leave')
      },
      until: (condition) => this.until(condition),
      settle: () => this.settle(),
    }
    const peer = new Peer(wire, version)
    const connection: Connection = { peer, line, served: this.served.get(network.localPort!)!, isDropped: false }
    this.connections.push(connection)
    stream.on('data', (data: Buffer) => peer.feed(data))
    stream.on('close', () => peer.ended())
    await this.settle()
    return peer
  }

  async advance(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds)
    await this.settle()
  }

  async stop(reasonCode: number): Promise<void> {
    if (reasonCode !== SERVER_SHUTTING_DOWN) throw new Unsupported('the gateway ends with one Reason Code')
    for (const instance of this.instances) await instance.stop()
    await this.settle()
  }

  async authenticationRelease(): Promise<void> {
    for (const answer of this.held.splice(0)) answer()
    await this.settle()
  }

  async close(): Promise<void> {
    for (const { line } of this.connections) line.network.destroy()
    await this.until(() => this.instances.every((instance) => instance.totals().connections === 0))
    for (const instance of this.instances) await instance.stop()
    channel('net.server.socket').unsubscribe(this.onServed)
    this.clock.end()
    this.store?.remove()
  }

  protected async until(condition: () => boolean): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; !condition() && Date.now() < end;) await turn()
  }

  /** Whether something goes on behind the brokers. */
  protected isBusy(): boolean {
    return this.store?.isWriting ?? false
  }

  /** Has what is between brokers arrive; answers whether there is anything between them. */
  protected async carry(): Promise<boolean> {
    return false
  }

  /** Bytes that were written, by both ends. */
  private get writtenCount(): number {
    return this.connections.reduce((sum, { line, served }) => sum + line.network.bytesWritten + served.bytesWritten, 0)
  }

  private async settle(): Promise<void> {
    await this.quiet()
    for (let before = -1; before !== this.writtenCount && await this.carry();) {
      before = this.writtenCount
      await this.quiet()
    }
  }

  /** Waits until the network is at rest. */
  private async quiet(): Promise<void> {
    let before = -1
    let quiet = 0
    await this.until(() => {
      const now = this.writtenCount
      quiet = now === before && !this.isBusy() && this.connections.every(isAtRest) ? quiet + 1 : 0
      before = now
      return quiet > TURNS
    })
    if (quiet <= TURNS) throw new Error('the network does not come to rest')
  }

  private judge(userName: string | undefined, password: Uint8Array | undefined): number | Promise<number> {
    const { users, anonymous, authenticateLater } = this.configuration
    const answer = (): number => {
      if (!users) return 0
      if (userName === undefined) return anonymous ? 0 : NOT_AUTHORIZED
      return password && users[userName] === Buffer.from(password).toString() ? 0 : BAD_CREDENTIALS
    }
    if (!authenticateLater) return answer()
    return new Promise((resolve) => this.held.push(() => resolve(answer())))
  }

  private challenge(): AuthenticationExchange {
    let rounds = this.configuration.challengeRounds ?? 1
    let isFirst = true
    return (data) => {
      if (!isFirst) {
        if (Buffer.from(data ?? []).toString() !== CHALLENGE_ANSWER) return { reasonCode: NOT_AUTHORIZED }
        rounds--
      }
      isFirst = false
      if (rounds === 0) return { reasonCode: 0, data: Buffer.from('welcome') }
      return { reasonCode: CONTINUE_AUTHENTICATION, data: Buffer.from(CHALLENGE) }
    }
  }
}

/** What each end wrote has been read by the other one, or the connection is over at both. */
function isAtRest({ peer, line: { network }, served, isDropped }: Connection): boolean {
  if (isDropped) return served.destroyed
  if (network.destroyed) return peer.isClosed && served.destroyed
  return network.bytesWritten === served.bytesRead && served.bytesWritten === network.bytesRead
}

/** A fresh broker that listens for clients of one kind, and keeps what it acknowledges where there is a store. */
export async function socketWorld(
  name: string, carrier: Carrier, configuration: Configuration, store?: ScratchStore,
): Promise<SocketWorld> {
  return new SocketWorld(name, await brokerMaker(), carrier, configuration, store).listen()
}

/** Makes brokers of the gateway as it is shipped. */
export async function brokerMaker(): Promise<typeof create> {
  return (await import(join(LIBRARY, '../midge.js')) as { createBroker: typeof create }).createBroker
}
