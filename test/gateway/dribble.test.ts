// A client that sends a byte a minute: the clock is the test's, so that the minutes cost nothing.
import { afterEach, expect, it } from 'vitest'
import { connect, publish, subscribe } from '../support/client'
import type { Peer } from '../support/peer'
import { tcp, webSocket } from './carriers'
import { type SocketWorld, socketWorld } from './socket_world'

const MINUTE_MS = 60_000
const CONNECT = Buffer.from('100f00044d5154540402000000036d6521', 'hex')

let world: SocketWorld

afterEach(() => world.close())

/** Sends the bytes with a minute between them; `between` is what others do meanwhile. */
async function dribble(peer: Peer, bytes: Uint8Array, between: () => Promise<void>): Promise<void> {
  for (const byte of bytes) {
    await peer.send([byte])
    await world.advance(MINUTE_MS)
    await between()
  }
}

/** Two others, and a message from one to the other. */
async function others(): Promise<() => Promise<void>> {
  const [publisher, subscriber] = [await connect(world), await connect(world)]
  await subscribe(subscriber, 'a')
  let count = 0
  return async () => {
    await publish(publisher, 'a', `${count}`, { qos: 1 })
    expect((await subscriber.receive('publish')).payload.toString()).toBe(`${count++}`)
  }
}

for (const [name, carrier] of Object.entries({ TCP: tcp, WebSocket: webSocket })) {
  it(`${name}: a CONNECT in a byte a minute is cut off before its second byte`, async () => {
    world = await socketWorld(name, carrier, {})
    const exchange = await others()
    const peer = await world.open(4)
    await dribble(peer, CONNECT.subarray(0, 1), exchange)
    await peer.closed()
    await exchange()
  })

  it(`${name}: a PUBLISH in a byte a minute arrives whole, and nobody else waits for it`, async () => {
    world = await socketWorld(name, carrier, {})
    const exchange = await others()
    const slow = await connect(world, { keepalive: 0 })
    const subscriber = await connect(world)
    await subscribe(subscriber, 'slow')
    const packet = slow.encode({ cmd: 'publish', topic: 'slow', payload: 'at last', qos: 0, dup: false, retain: false })
    await dribble(slow, packet.subarray(0, -1), exchange)
    await subscriber.silence()
    await slow.send(packet.subarray(-1))
    expect((await subscriber.receive('publish')).payload.toString()).toBe('at last')
  })
}

it('a client that stops in the middle of a packet is silent', async () => {
  world = await socketWorld('TCP', tcp, {})
  const exchange = await others()
  const slow = await connect(world, { version: 4, keepalive: 60 })
  await dribble(slow, Uint8Array.of(0x30, 10, 0), exchange)
  await slow.silence()
  await world.advance(MINUTE_MS)
  // [MQTT-3.1.2-24]
  await slow.closed()
  await exchange()
})
