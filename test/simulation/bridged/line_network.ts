// What a test that has bridged homes puts in the place of the bridge's network: hosts are simulated lines.

import type { Line } from './line'
import { LineSocket } from './line_socket'

/** Where the bridges of a simulation lead, by the names of their hosts. */
const lines = new Map<string, Line>()

/** From now on a host is at the other end of a line. */
export function lineLead(host: string, line: Line): void {
  lines.set(host, line)
}

export const tlsTermsOf = (): undefined => undefined

export function networkConnect({ host }: { host: string }, _tls: unknown, _address: unknown, opened: () => void):
LineSocket {
  const socket = new LineSocket()
  // As a socket of Node's: not before whoever makes it has it.
  setImmediate(() => {
    lines.get(host)!.dial(socket)
    if (!socket.destroyed) opened()
  })
  return socket
}
