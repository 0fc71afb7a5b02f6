// What a board is for: real clients that exchange a message through it.

import { connectAsync } from 'mqtt'
import { expect } from 'vitest'
import { LiveDriver } from '../../src/simulator/live_driver'

export interface User { username: string, password: string }

/** One client subscribes, another publishes; strangers are sent away, as the configuration says. */
export async function carriesMessages (port: number, user: User): Promise<void> {
  const options = { port, host: '127.0.0.1', reconnectPeriod: 0, ...user }
  await expect(connectAsync({ ...options, password: 'guess' })).rejects.toThrow('Bad username or password')
  const subscriber = await connectAsync({ ...options, protocolVersion: 5 })
  const publisher = await connectAsync(options)
  await subscriber.subscribeAsync('home/+', { qos: 1 })
  const arrived = new Promise(resolve => {
    subscriber.once('message', (topic, payload) => resolve([topic, payload.toString()]))
  })
  await publisher.publishAsync('home/hall', '21.5', { qos: 1 })
  expect(await arrived).toEqual(['home/hall', '21.5'])
  await Promise.all([subscriber.endAsync(), publisher.endAsync()])
}

/** Boots a board from the flash that a chip holds: it joins its Wi-Fi, and serves its user's clients. */
export async function servesFirstMessage (
  flash: Uint8Array, networks: Record<string, string>, user: User,
): Promise<void> {
  let joined: () => void
  const isJoined = new Promise<void>(resolve => { joined = resolve })
  const driver = new LiveDriver({
    flash, networks, log: line => { if (line.startsWith('Wi-Fi connected, address ')) joined() },
  })
  driver.start()
  try {
    await isJoined
    await carriesMessages(await driver.listen(1_883), user)
  } finally {
    driver.close()
  }
}
