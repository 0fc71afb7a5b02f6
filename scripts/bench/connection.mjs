// One raw connection of the load generator: it connects, subscribes and then leaves its bytes to whoever reads them.
import { once } from 'node:events'
import { connect } from 'node:net'
import { connectPacket, subscribePacket } from './packets.mjs'

/** Filters in one SUBSCRIBE: well under what every broker takes. */
const FILTERS_PER_PACKET = 200

/** Reads until `size` bytes have come. */
function readBytes (socket, size) {
  return new Promise((resolve, reject) => {
    const chunks = []
    let have = 0
    const onClose = () => reject(new Error('a connection was closed'))
    function onData (chunk) {
      chunks.push(chunk)
      have += chunk.length
      if (have < size) return
      socket.off('data', onData).off('close', onClose)
      resolve(Buffer.concat(chunks))
    }
    socket.on('data', onData).on('close', onClose)
  })
}

/** A socket behind its CONNACK. */
export async function openConnection (port, client, isKept = false) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  socket.write(connectPacket(client, isKept))
  const answer = await readBytes(socket, 4)
  if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`${client}: refused with ${answer.toString('hex')}`)
  return socket
}

/** Subscribes, one packet after the other, and checks every answer. */
export async function subscribe (socket, filters, qos) {
  for (let from = 0; from < filters.length; from += FILTERS_PER_PACKET) {
    const some = filters.slice(from, from + FILTERS_PER_PACKET)
    socket.write(subscribePacket(from / FILTERS_PER_PACKET + 1, some, qos))
    const headSize = some.length + 2 > 127 ? 3 : 2
    const answer = await readBytes(socket, headSize + 2 + some.length)
    const codes = answer.subarray(headSize + 2)
    if (answer[0] !== 0x90 || codes.some(code => code !== qos)) throw new Error('a subscription was refused')
  }
}
