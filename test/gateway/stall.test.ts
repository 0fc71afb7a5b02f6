// Clients that come, stay or go while the gateway is busy elsewhere: stopped, full, or done with them.
import { Duplex } from 'node:stream'
import { connect as connectSocket, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { gatewayStart, gatewayStop } from '../interop/gateway'
import { brokerListen, brokerMake, brokersEnd } from './library'
import type { BrokerOptions } from '../../src/port/node/library/api'

afterEach(brokersEnd)

/** CONNECT of 3.1.1 with a Clean Session. */
function connectBytes(clientId: string, keepAlive: number): Buffer {
  const body = Buffer.concat([
    Buffer.from('00044d51545404020000', 'hex'), Buffer.from([0, clientId.length]), Buffer.from(clientId),
  ])
  body.writeUInt16BE(keepAlive, 8)
  return Buffer.concat([Buffer.from([0x10, body.length]), body])
}

const CONNACK = Buffer.from([0x20, 2, 0, 0])
const PINGREQ = Buffer.from([0xc0, 0])
const PINGRESP = Buffer.from([0xd0, 0])

/** What a socket was sent, and whether it was closed. */
class Ear {
  bytes = Buffer.alloc(0)
  isClosed = false

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => { this.bytes = Buffer.concat([this.bytes, chunk]) })
    socket.on('close', () => { this.isClosed = true })
    socket.on('error', () => {})
  }

  async hears(bytes: Buffer): Promise<void> {
    while (!this.isClosed && this.bytes.length < bytes.length) await sleep(5)
    expect(this.bytes.toString('hex')).toBe(bytes.toString('hex'))
    this.bytes = Buffer.alloc(0)
  }

  async ends(): Promise<void> {
    while (!this.isClosed) await sleep(5)
  }
}

function open(port: number, clientId: string, keepAlive = 0): Ear {
  const ear = new Ear(connectSocket(port, '127.0.0.1'))
  ear.socket.write(connectBytes(clientId, keepAlive))
  return ear
}

describe('a gateway that was stopped', () => {
  it('reads what waits before it judges who was silent', async () => {
    const gateway = await gatewayStart()
    const ears = Array.from({ length: 20 }, (_, number) => open(gateway.port, `c${number}`, 1))
    for (const ear of ears) await ear.hears(CONNACK)
    gateway.program.signal('SIGSTOP')
    await sleep(1_000)
    for (const { socket } of ears) socket.write(PINGREQ)
    const late = open(gateway.port, 'late', 1)
    await sleep(2_000)
    gateway.program.signal('SIGCONT')
    for (const ear of ears) await ear.hears(PINGRESP)
    await late.hears(CONNACK)
    for (const { socket } of [...ears, late]) socket.destroy()
    await gatewayStop(gateway)
  })
})

describe('a gateway that is full', () => {
  it('has places for those who come right after others have left', async () => {
    const { port } = await brokerListen({}, { maxConnections: 10 })
    const before = Array.from({ length: 10 }, (_, number) => open(port, `before${number}`))
    for (const ear of before) await ear.hears(CONNACK)
    for (const { socket } of before) socket.destroy()
    const after = Array.from({ length: 10 }, (_, number) => open(port, `after${number}`))
    for (const ear of after) await ear.hears(CONNACK)
    for (const { socket } of after) socket.destroy()
  })

  it('refuses who finds none, and says so', async () => {
    const { broker, port } = await brokerListen({}, { maxConnections: 2 })
    const events: string[] = []
    broker.on('full', () => { events.push('full') })
    const ears = [open(port, 'a'), open(port, 'b')]
    for (const ear of ears) await ear.hears(CONNACK)
    const third = open(port, 'c')
    await third.ends()
    expect(third.bytes.length).toBe(0)
    expect(events).toEqual(['full'])
    for (const { socket } of ears) socket.destroy()
  })
})

describe('a connection that was closed', () => {
  it.each<[string, BrokerOptions]>([
    ['', {}], [', whoever judges what it says', { authorize: () => Promise.resolve(true) }],
  ])('is read no further than what was under way%s', async (_name, options) => {
    const broker = await brokerMake(options)
    let taken = 0
    const chunk = Buffer.alloc(16_384, 0xff)
    const stream = new Duplex({
      read() {
        taken += chunk.length
        setImmediate(() => this.push(taken === chunk.length ? connectBytes('loud', 0) : chunk))
      },
      write: (_bytes, _encoding, done) => done(),
    })
    broker.attach(stream)
    await sleep(300)
    expect(taken).toBeLessThan(512 * 1024)
    stream.destroy()
  })
})
