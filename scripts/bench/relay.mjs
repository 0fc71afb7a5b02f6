// What Node itself can give: a relay that knows nothing of MQTT. Who speaks first is answered a CONNACK, who sends a
// SUBSCRIBE gets the bytes of all others, and a PUBLISH at QoS 1 is answered four bytes; each by the first byte of a
// chunk, without a look behind it. What comes in one turn of the event loop leaves in one write for each target.
import { createServer } from 'node:net'
import { setImmediate } from 'node:timers'

const CONNACK = Buffer.from([0x20, 2, 0, 0])
const targets = new Set()
let gathered = []
let size = 0

const CHUNKS_PER_LOOK = 8
let isCrowd = false
let unseenCount = 0
let heardCount = 0
let isScheduled = false

function forward () {
  if (!gathered.length) return
  const bytes = gathered.length === 1 ? gathered[0] : Buffer.concat(gathered, size)
  gathered = []
  size = 0
  for (const target of targets) target.write(bytes)
}

function turnEnd () {
  isScheduled = false
  isCrowd = heardCount > 1
  forward()
}

function gather (chunk) {
  gathered.push(chunk)
  size += chunk.length
  if (!isCrowd) {
    forward()
    if (++unseenCount < CHUNKS_PER_LOOK && !isScheduled) return
    unseenCount = 0
  }
  if (!isScheduled) {
    isScheduled = true
    heardCount = 0
    setImmediate(turnEnd)
  }
  heardCount++
}

/** Grants each filter of a SUBSCRIBE what it asks for. */
function subAck (packet) {
  let at = 1
  while (packet[at++] > 127);
  const identifier = packet.subarray(at, at + 2)
  const granted = []
  for (at += 2; at < packet.length; at += 3 + packet.readUInt16BE(at)) {
    granted.push(packet[at + 2 + packet.readUInt16BE(at)])
  }
  const size = granted.length + 2
  return Buffer.from([0x90, ...size > 127 ? [size & 127 | 128, size >> 7] : [size], ...identifier, ...granted])
}

function take (socket, chunk) {
  const type = chunk[0] >> 4
  if (type === 1) socket.write(CONNACK)
  else if (type === 8) {
    targets.add(socket)
    socket.write(subAck(chunk))
  } else if (!targets.has(socket)) {
    gather(chunk)
    if (chunk[0] & 2) socket.write(Buffer.from([0x40, 2, 0, 1]))
  }
}

createServer({ noDelay: true }, socket => {
  socket.on('data', chunk => take(socket, chunk))
  socket.on('error', () => socket.destroy())
  socket.on('close', () => targets.delete(socket))
}).listen(Number(process.argv[2]), '127.0.0.1')

// A profile is written by who exits, not by who is killed.
process.once('SIGTERM', () => process.exit())
