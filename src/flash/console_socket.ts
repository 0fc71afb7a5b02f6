// Boards with two sockets: one is the chip's own USB, the other leads to its UART through a converter. Either one
// flashes, and the console is at one of them.

import type { ChipLayout } from './layout'
import { isBefore } from './release_version'
import type { WebSerialPort } from './serial_port'

/** As they are marked on boards. */
export type Socket = 'USB' | 'UART'

const ESPRESSIF = 0x303a

/** How long a board is listened to at a port where its console should not be, milliseconds. */
export const ELSEWHERE_MS = 10_000

/** What may stand beside a socket. */
export const socketMark = (socket: Socket): string => socket === 'UART' ? 'UART or COM' : 'USB'

/** Which socket a port is; undefined: it does not say. */
export function socketOf (port: WebSerialPort): Socket | undefined {
  const { usbVendorId } = port.getInfo()
  if (usbVendorId === undefined) return undefined
  return usbVendorId === ESPRESSIF ? 'USB' : 'UART'
}

/** The release with which the ESP32-S3's console has moved. */
const S3_MOVED = '2v29'

/** Where a version of Espruino takes commands; undefined: not known. Source: boards/ESP32*.py of its releases. */
function consoleSocket ({ chip }: ChipLayout, version: string): Socket | undefined {
  if (chip === 'ESP32') return 'UART'
  if (chip === 'ESP32-C3') return 'USB'
  return version ? isBefore(version, S3_MOVED) ? 'UART' : 'USB' : undefined
}

/** The socket with the console, where the cable is in the other one; undefined: it is where it should be. */
export function otherSocket (layout: ChipLayout, version: string, port: WebSerialPort): Socket | undefined {
  const [here, there] = [socketOf(port), consoleSocket(layout, version)]
  return here && there && here !== there ? there : undefined
}

/** What its owner has to know then. */
export function socketAdvice ({ chip }: ChipLayout, version: string, socket: Socket): string {
  const otherwise = chip === 'ESP32-S3'
    ? ` A board without that socket needs Espruino ${socket === 'UART' ? `${S3_MOVED} or newer` : '2v28'}.` : ''
  const mark = socket === 'UART' ? 'UART (or COM)' : 'USB'
  return `Espruino ${version} on an ${chip} has its console at the socket marked ${mark}, and the cable is in the `
    + `other one, which is good enough to write everything.${otherwise}`
}
