// Connecting and the ways to leave.

import type { IConnectPacket } from 'mqtt-packet'
import { connectSend, type ConnectOptions } from '../support/client'
import type { Driver } from './driver'
import type { DriverClient } from './driver_client'
import { expiryMs, type ModelWill } from './model_broker'
import { TOPICS, type Operation } from './operations'

const NEVER = 0xffff_ffff

/** A Will Message for the packet and for the model. */
function drawWill(driver: Driver, client: DriverClient): [IConnectPacket['will'], ModelWill] {
  const { random } = driver
  const isFive = client.version === 5
  const delay = isFive ? random.pick([0, 0, 10, 60]) : 0
  const expiry = isFive && random.oneIn(3) ? 15 : undefined
  const topic = random.pick(TOPICS)
  const qos = random.below(3) as 0 | 1 | 2
  const retain = !driver.tight && random.oneIn(4)
  const payload = `w${++driver.messageCount}`
  const properties = { willDelayInterval: delay, ...(expiry ? { messageExpiryInterval: expiry } : {}) }
  return [
    { topic, payload, qos, retain, ...(isFive ? { properties } : {}) },
    {
      message: { topic, payload, qos, retain, publisher: client.clientId }, delay: delay * 1_000,
      expiry: expiry ? expiry * 1_000 : Infinity,
    },
  ]
}

function drawTerms(driver: Driver, client: DriverClient): { options: ConnectOptions, will?: ModelWill,
  window: number } {
  const { random, world } = driver
  const options: ConnectOptions = { version: client.version, clientId: client.clientId, clean: random.oneIn(4) }
  let will: ModelWill | undefined
  if (random.oneIn(3)) [options.will, will] = drawWill(driver, client)
  if (client.version === 4) {
    client.sessionExpiry = options.clean ? 0 : Infinity
    return { options, window: world.board.INFLIGHT_MAX, ...(will ? { will } : {}) }
  }
  const sessionExpiryInterval = random.pick([undefined, 0, 20, 200, NEVER, NEVER])
  const receiveMaximum = random.pick([undefined, 1, 2, 5])
  const topicAliasMaximum = random.pick([undefined, 2])
  client.sessionExpiry = expiryMs(sessionExpiryInterval)
  options.properties = {
    ...(sessionExpiryInterval === undefined ? {} : { sessionExpiryInterval }),
      ...(receiveMaximum ? { receiveMaximum } : {}),
    ...(topicAliasMaximum ? { topicAliasMaximum } : {}),
  }
  return { options, window: Math.min(receiveMaximum ?? 65_535, world.board.INFLIGHT_MAX), ...(will ? { will } : {}) }
}

export const connectOperation: Operation = {
  name: 'connect',
  weight: 6,
  async run(driver, chosen) {
    const { random, world, model } = driver
    const client = chosen ?? random.pick(driver.clients)
    // Taking over is rarer than coming back.
    if (!chosen && client.peer && !random.oneIn(3)) return undefined
    const former = client.peer
    const { options, will, window } = drawTerms(driver, client)
    driver.note(`${client.clientId} CONNECT ${JSON.stringify(options)}${former ? ' takes over' : ''}`)
    const peer = await world.open(client.version, client.clientId)
    await connectSend(peer, options)
    client.peer = peer
    client.aliases.clear()
    if (former) {
      const last = await former.drain()
      if (client.version === 5
        && (last.length !== 1 || last[0].reasonCode !== 0x8e)) throw new Error('no DISCONNECT 0x8E')
      await former.closed()
    }
    return (answers) => {
      const connack = client.answer(answers, 'connack')
      const code = connack.reasonCode ?? connack.returnCode
      if (driver.tight && code === (client.version === 5 ? 0x97 : 3)) {
        if (!peer.isClosed) throw new Error(`${client.clientId}: refused and not closed`)
        client.peer = undefined
        model.connectRefused(client.clientId, options.clean!)
        return
      }
      if (code !== 0) throw new Error(`${client.clientId}: CONNACK ${code}`)
      const present = model.connect({
        clientId: client.clientId, clean: options.clean!, sessionExpiry: client.sessionExpiry, window,
          ...(will ? { will } : {}),
      })
      if (connack.sessionPresent !== present) throw new Error(`${client.clientId}: Session Present ${!present}`)
    }
  },
}

export const disconnectOperation: Operation = {
  name: 'disconnect',
  weight: 2,
  async run(driver) {
    const { random, model } = driver
    const connected = driver.connected()
    if (connected.length === 0) return undefined
    const client = random.pick(connected)
    const reasonCode = client.version === 5 ? random.pick([0, 0, 4]) : 0
    const interval = client.version === 5 && client.sessionExpiry > 0
      && random.oneIn(3) ? random.pick([0, 30]) : undefined
    driver.note(`${client.clientId} DISCONNECT ${reasonCode} ${interval}`)
    await client.peer!.send({
      cmd: 'disconnect', ...(client.version === 5 ? { reasonCode } : {}),
      ...(interval === undefined ? {} : { properties: { sessionExpiryInterval: interval } }),
    } as never)
    await client.peer!.closed()
    client.peer = undefined
    return () => model.disconnect(client.clientId, reasonCode !== 0,
      interval === undefined ? undefined : interval * 1_000)
  },
}

export const dropOperation: Operation = {
  name: 'drop',
  weight: 3,
  async run(driver) {
    const connected = driver.connected()
    if (connected.length === 0) return undefined
    const client = driver.random.pick(connected)
    driver.note(`${client.clientId} is lost`)
    if (driver.random.oneIn(4)) {
      // The client breaks the protocol, and the broker closes.
      await client.peer!.send([0, 0])
      const last = await client.peer!.drain()
      if (client.version === 5 && last[0]?.reasonCode !== 0x81) throw new Error('no DISCONNECT 0x81')
      await client.peer!.closed()
    } else {
      await client.peer!.drop()
    }
    client.peer = undefined
    return () => driver.model.disconnect(client.clientId, true)
  },
}
