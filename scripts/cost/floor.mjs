// The floor: what it costs an Espruino program that does nothing else to forward the string that it received.
import { once } from 'node:events'
import { connect } from 'node:net'
import { engineStart, HANDLERS } from './engine.mjs'
import { PAYLOAD, TOPIC } from './packets.mjs'

/** The first clients become subscribers by the byte that they send; what the one after them sends goes to these. */
const floorProgram = subscribers => `var M=[];
function f(d){for(var s of M)s.w(d)}
function g(d){M.push(this);this.w(d)}
require("net").createServer(function(s){s.w=s.write;s.on("data",M.length<${subscribers}?g:f)}).listen(1883);`

/** Sends and waits until every socket has been sent as many bytes. */
async function forward (socket, bytes, sockets) {
  const arrived = sockets.map(receiver => new Promise(done => {
    let size = 0
    receiver.on('data', function onData (data) {
      size += data.length
      if (size < bytes.length) return
      receiver.off('data', onData)
      done()
    })
  }))
  socket.write(bytes)
  await Promise.all(arrived)
}

/** Instructions of forwarding one PUBLISH packet to so many subscribers. */
export async function floorMeasure (subscribers, messages) {
  const engine = await engineStart(floorProgram(subscribers), HANDLERS)
  const sockets = []
  try {
    for (let i = 0; i <= subscribers; i++) {
      sockets.push(connect({ port: engine.port, host: '127.0.0.1', noDelay: true }))
      await once(sockets[i], 'connect')
      if (i < subscribers) await forward(sockets[i], 'x', [sockets[i]])
    }
    const [publisher] = sockets.splice(subscribers, 1)
    const packet = Buffer.concat([Buffer.from([0x30, 2 + TOPIC.length + PAYLOAD.length, 0, TOPIC.length]),
      Buffer.from(TOPIC), PAYLOAD])
    const send = async count => { for (let i = 0; i < count; i++) await forward(publisher, packet, sockets) }
    await send(3)
    const { instructions } = await engine.count(() => send(messages))
    publisher.destroy()
    return instructions / messages
  } finally {
    for (const socket of sockets) socket.destroy()
    await engine.stop()
  }
}
