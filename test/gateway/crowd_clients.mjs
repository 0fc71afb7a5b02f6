// A program with a crowd of clients, in a process of its own so that the broker's memory is the broker's alone. Its
// parent tells it what to do and hears when it is done.
import { once } from 'node:events'
import { connect } from 'node:net'

const field = (text) => Buffer.concat([Buffer.from([text.length >> 8, text.length & 255]), Buffer.from(text)])
const packet = (type, ...parts) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([type, body.length]), body])
}
const connectPacket = (client) => packet(0x10, field('MQTT'), Buffer.from([4, 2, 0, 0]), field(client))
const subscribePacket = (filter) => packet(0x82, Buffer.from([0, 1]), field(filter), Buffer.from([0]))

/** A PUBLISH at QoS 0 to a topic of one letter, whose payload is a number of eight digits. */
const PUBLISH_SIZE = 13
const PAYLOAD_AT = 5

let clients = []

/** Opens a connection and waits for its CONNACK and SUBACK; bytes that come after them are `rest`. */
async function open(port, name, filter) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const client = { socket, rest: Buffer.alloc(0), count: 0, size: 0 }
  // Whoever is turned away fails below.
  socket.on('error', () => undefined)
  const answered = (size) => new Promise((resolve, reject) => {
    const take = (chunk) => {
      client.rest = Buffer.concat([client.rest, chunk])
      if (client.rest.length < size) return
      socket.off('data', take)
      client.rest = client.rest.subarray(size)
      resolve()
    }
    socket.on('data', take)
    socket.once('close', () => reject(new Error(`${name} was closed`)))
  })
  socket.write(connectPacket(name))
  await answered(4)
  socket.write(subscribePacket(filter))
  await answered(5)
  return client
}

/** Counts the messages that come in their order; anything else is an error. */
function count(client, chunk) {
  client.rest = client.rest.length ? Buffer.concat([client.rest, chunk]) : chunk
  while (client.rest.length >= PUBLISH_SIZE) {
    const number = Number(client.rest.toString('latin1', PAYLOAD_AT, PUBLISH_SIZE))
    if (number !== client.count) throw new Error(`message ${number} in the place of ${client.count}`)
    client.count++
    client.rest = client.rest.subarray(PUBLISH_SIZE)
  }
}

const until = async (isTrue) => {
  while (!isTrue()) await new Promise((resolve) => { setTimeout(resolve, 5) })
}

const orders = {
  /** All at once. */
  storm: async ({ port, number }) => {
    clients = await Promise.all(Array.from({ length: number }, (_, i) => open(port, `crowd-${i}`, 'a')))
    for (const client of clients) client.socket.on('data', (chunk) => count(client, chunk))
  },
  /** One that does not read. */
  slow: async ({ port }) => {
    const slow = await open(port, 'slow', 'large')
    slow.socket.pause()
    clients.push(slow)
  },
  /** Everybody but the slow one has so many messages. */
  received: ({ number }) => until(() => clients.every((client) => client.socket.isPaused() || client.count === number)),
  /** Nobody was closed. */
  standing: () => clients.filter(({ socket }) => !socket.destroyed).length,
  /** The slow one reads on, until it has so many bytes. */
  resume: async ({ number }) => {
    const slow = clients.at(-1)
    let size = slow.rest.length
    slow.socket.on('data', (chunk) => { size += chunk.length })
    slow.socket.resume()
    await until(() => size >= number)
    return size
  },
  leave: async () => {
    const gone = clients.map(({ socket }) => once(socket, 'close'))
    for (const { socket } of clients) socket.destroy()
    await Promise.all(gone)
    clients = []
  },
}

process.on('message', async (order) => process.send({ done: await orders[order.what](order) }))
