// The extension m.name: a board is found by its name, and as a broker, by mDNS. midge.json: "mdns": true, or a name.
//
// The firmware has a responder of its own, for the host's name and none of our services, and binds the port each time
// when the board has joined its network; two of them answer for one name. So the port is taken before, without being
// heard, and taken anew with the group when there is a network, beside the old socket: at no time is it free.
import { addressSet, nameWanted } from './records'
import { GROUP, PORT, responderEnd, responderHear, responderStart } from './responder'

interface DatagramSocket {
  on(event: 'message', handler: (data: string, from: { address: string, port: number }) => void): void
  addMembership(group: string, address: string): void
  bind(port: number): void
  send(data: string, port: number, address: string): void
  close(): void
}

interface Wifi { on(event: 'connected' | 'disconnected', handler: (details: { ip: string }) => void): void }

const BROKER_PORT = 1_883
const NAME = 'midge'
const NAME_SIZE_MAX = 32
const AGAIN_MS = 1_000

const given = configuration.mdns
delete configuration.mdns

let socket: DatagramSocket | undefined

/** Takes the port; false: somebody has it. An address is that of the network whose packets are heard. */
function socketOpen(address: string): boolean {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
    const dgram = require('dgram') as { createSocket(options: object): DatagramSocket }
    const next = dgram.createSocket({ type: 'udp4', reuseAddr: true })
    // It counts where it stands before bind.
    if (address) next.addMembership(GROUP, address)
    next.on('message', (data, from) => responderHear(data, from.port, from.address))
    next.bind(PORT)
    if (socket) socket.close()
    socket = next
    return true
  } catch {
    return false
  }
}

function onConnected(details: { ip: string }): void {
  responderEnd(false)
  if (!socketOpen(details.ip)) {
    print('mDNS: the port is taken, by the firmware: it answers for its own name')
    return
  }
  addressSet(details.ip)
  responderStart((data, port, address) => socket!.send(data, port, address))
}

/** The firmware may still be letting go of the port when the board starts. */
function socketTake(): void {
  if (!socket && !socketOpen('')) setTimeout(socketTake, AGAIN_MS)
}

/** Espruino's regular expressions know no counts. */
function isName(name: string): boolean {
  const isWithin = name[0] !== '-' && !name.endsWith('-')
  return isWithin && name.length <= NAME_SIZE_MAX && /^[a-zA-Z0-9-]+$/.test(name)
}

function start(): void {
  // The build writes `true` and `false` as numbers.
  if (typeof given === 'boolean' && !given) return
  const name = typeof given === 'boolean' ? configuration.hostname || NAME : given
  if (typeof name !== 'string' || !isName(name)) {
    print('midge.json: mdns must be true, false or a name of up to 32 letters, digits and hyphens between them')
    return
  }
  nameWanted(name, configuration.port as number || BROKER_PORT)
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const wifi = require('Wifi') as Wifi
  wifi.on('connected', onConnected)
  wifi.on('disconnected', () => responderEnd(false))
  E.on('midge ends', () => responderEnd(true))
  socketTake()
}

start()
