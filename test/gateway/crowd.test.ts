// Many clients, and bad ones among them: nobody else notices, and what they took is given back.
import { once } from 'node:events'
import { type Socket, connect as connectSocket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { brokerListen, brokersEnd, until } from './library'

const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await clientsEnd()
  await brokersEnd()
})

const field = (text: string): Buffer => Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)])

/** A raw 3.1.1 client behind its CONNACK. */
async function openRaw(port: number, client: string): Promise<Socket> {
  const socket = connectSocket({ port, host: '127.0.0.1' })
  sockets.push(socket)
  socket.on('error', () => undefined)
  const body = Buffer.concat([field('MQTT'), Buffer.from([4, 2, 0, 0]), field(client)])
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]))
  const [answer] = await once(socket, 'data') as [Buffer]
  expect(answer.toString('hex')).toBe('20020000')
  return socket
}

it('takes a storm of a thousand clients, and forgets them', async () => {
  const { broker, port } = await brokerListen()
  const count = 1_000
  const storm = await Promise.all(Array.from({ length: count }, (_, i) => openRaw(port, `storm-${i}`)))
  expect(broker.statistics()['clients/connected']).toBe(count)
  for (const socket of storm) socket.destroy()
  await until(() => broker.statistics()['clients/connected'] === 0)
  expect(broker.statistics()['clients/total']).toBe(0)
  // The slots are there again.
  await Promise.all(Array.from({ length: count }, (_, i) => openRaw(port, `again-${i}`)))
})

it('a client that does not read loses messages of QoS 0, and nobody else does', async () => {
  const { broker, port, url } = await brokerListen()
  const slow = await openRaw(port, 'slow')
  const subscribe = Buffer.concat([Buffer.from([0, 1]), field('a'), Buffer.from([0])])
  slow.write(Buffer.concat([Buffer.from([0x82, subscribe.length]), subscribe]))
  await once(slow, 'data')
  slow.pause()
  const good = await connect(url, 5)
  await good.mqtt.subscribeAsync('a')
  const payload = Buffer.alloc(50_000, 1)
  const count = 600
  for (let i = 0; i < count; i += 10) {
    const some = Array.from({ length: 10 }, () => broker.publish('a', payload))
    await Promise.all(some)
    await good.received(i + 10)
  }
  expect(good.messages.every((message) => message.payload.equals(payload))).toBe(true)
  const dropped = broker.statistics()['publish/messages/dropped']
  expect(dropped).toBeGreaterThan(0)
  expect(broker.statistics()['full/transmit']).toBe(dropped)
  // It reads again: what comes is whole packets, as many as were not dropped.
  let bytes = 0
  slow.on('data', (chunk: Buffer) => { bytes += chunk.length })
  slow.resume()
  await until(() => bytes === (count - dropped) * (payload.length + 7))
})

it('a client that dribbles its CONNECT is cut off, and holds nobody up', async () => {
  const { broker, port, url } = await brokerListen()
  const dribbler = connectSocket({ port, host: '127.0.0.1' })
  sockets.push(dribbler)
  dribbler.on('error', () => undefined)
  dribbler.write(Buffer.from([0x10]))
  const client = await connect(url, 5)
  await client.publish('a', 'x', { qos: 1 })
  // The core's own limit for a CONNECT is ten seconds.
  await once(dribbler, 'close')
  expect(broker.statistics()['clients/connected']).toBe(1)
}, 20_000)

it('half-closed and broken streams end their connections alone', async () => {
  const { broker, port } = await brokerListen()
  const [ended, reset, stays] = await Promise.all(['a', 'b', 'c'].map((client) => openRaw(port, client)))
  ended.end()
  reset.resetAndDestroy()
  await until(() => broker.statistics()['clients/connected'] === 1)
  stays.write(Buffer.from([0xc0, 0]))
  expect((await once(stays, 'data'))[0]).toEqual(Buffer.from([0xd0, 0]))
})
