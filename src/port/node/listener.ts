// TCP listeners: every connection that comes is attached to the broker.
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { brokerAccept, brokerClosed, brokerReceive } from '../../main'
import { Link } from './link'
import { flushAll, linkAdd, linkOf, linkRemove } from './transmit'

const servers: Server[] = []

/**
 * Makes a duplex stream a client's connection. Answers false where there is no slot; the stream is destroyed.
 * `address` is where the client is: anonymous clients come in from this computer only unless that is allowed.
 */
export function attach(stream: Duplex, address: string): boolean {
  // Errors of a connection end it; 'close' follows.
  stream.on('error', () => stream.destroy())
  const slot = brokerAccept()
  if (slot < 0) {
    stream.destroy()
    return false
  }
  const link = new Link(stream, slot, address)
  linkAdd(link)
  stream.on('data', (chunk: Uint8Array) => {
    if (link.isOpen) brokerReceive(slot, chunk)
    flushAll()
  })
  stream.on('end', () => stream.end())
  stream.on('close', () => {
    if (!link.isOpen) return
    link.isOpen = false
    if (linkOf(slot) === link) linkRemove(slot)
    brokerClosed(slot)
  })
  return true
}

function accept(socket: Socket): void {
  // Without it a small packet can wait 40 ms for the acknowledgement of the one before.
  socket.setNoDelay(true)
  attach(socket, socket.remoteAddress ?? '')
}

/** Listens for TCP connections; port 0 is any free one. Answers the port. */
export function listen(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer(accept)
    server.once('error', reject)
    server.listen({ port, host, backlog: 1_024 }, () => {
      servers.push(server)
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** Listens no more; connections that stand go on. */
export function listenersClose(): void {
  for (const server of servers.splice(0)) server.close()
}
