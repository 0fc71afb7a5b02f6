// Clients of a home, whose broker is measured.
import { clientOpen } from '../cost/client.mjs'
import { connectPacket, publishPacket, subscribePacket } from '../cost/packets.mjs'

/** Sessions whose clients are away, and messages that wait for each. */
export const OFFLINE = 4
export const QUEUED = 16

/** A topic of 32 bytes. */
export const topic = (/** @type {string} */ kind, /** @type {number} */ number) =>
  `home/${kind}/${number}/`.padEnd(32, 'x')

/** Connects a client of 3.1.1 to a port. */
export async function homeOpen (port, name, options = {}) {
  const client = await clientOpen(port, 4)
  const { returnCode } = await client.ask({ ...connectPacket(name, 4), ...options })
  if (returnCode !== 0) throw new Error(`${name} was refused with ${returnCode}`)
  return client
}

/** Sessions with a subscription each, whose clients leave. */
export async function awayBegin (port) {
  for (let i = 0; i < OFFLINE; i++) {
    const client = await homeOpen(port, `away${i}`, { clean: false })
    await client.ask(subscribePacket(1, [`home/away${i}/#`], 1))
    await client.close()
  }
}

/** So many subscriptions of all clients together. */
export async function subscribeMany (clients, count) {
  for (let i = 0; i < count; i++) {
    const { granted } = await clients[i % clients.length].ask(subscribePacket(i % 65_535 + 1, [topic('state', i)]))
    if (granted[0] > 2) throw new Error(`subscription ${i} was refused`)
  }
}

export async function retainMany (sender, count) {
  for (let i = 0; i < count; i++) {
    await sender.ask(publishPacket(topic('kept', i), { retain: true, qos: 1, messageId: 1, payload: '21.5 C' }))
  }
}

/** So many messages for those who are away, in turn. */
export async function queueMany (sender, count) {
  for (let i = 0; i < count; i++) {
    await sender.ask(publishPacket(topic(`away${i % OFFLINE}`, i), { qos: 1, messageId: 1 }))
  }
}

/** So many topics, a message to one client each. */
export async function publishMany (clients, count) {
  for (let i = 0; i < count; i++) {
    clients[0].send(publishPacket(topic('state', i)))
    await clients[i % clients.length].receive()
  }
}

/** Everything that was counted must be there: a broker that is full drops what is too much. */
export async function checkHome (port, retained, queued) {
  const reader = await homeOpen(port, 'reader')
  reader.send(subscribePacket(1, ['home/kept/#']))
  await reader.receive(1 + retained)
  await reader.close()
  for (let i = 0; i < OFFLINE; i++) {
    const client = await homeOpen(port, `away${i}`, { clean: false })
    for (let left = queued; left > 0; left--) {
      const [packet] = await client.receive()
      const at = 4 + packet.readUInt16BE(2)
      client.send({ cmd: 'puback', messageId: packet.readUInt16BE(at) })
    }
    await client.close()
  }
}
