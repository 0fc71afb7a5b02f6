// A home whose Wi-Fi has another password now, and a phone beside its board.
import dnsPacket from 'dns-packet'
import type { VirtualDriver } from '../../src/simulator/virtual_driver'
import { bytesOfText, textOfBytes } from '../../src/simulator/latin1'
import { BoardWorld } from '../support/board_world'
import { distExtensions } from '../support/extensions'
import type { WifiNetworks } from '../../src/simulator/wifi'
import type { BundleName } from '../support/board_bundle'
import { WebVisitor } from './web_visitor'

export const SETTINGS = {
  wifi_ssid: 'home', wifi_password: 'old secret', wifi_ap_password: 'on the fridge', users: { anna: 'right' },
}

const random = (): number => 0.5

/** A board with these settings; `networks` are in reach; `flash` is what another board left. */
export async function rescueWorld(
  settings: Record<string, unknown> = SETTINGS, networks: WifiNetworks = { home: 'new secret' }, flash?: Uint8Array,
  board: BundleName = 'esp32',
): Promise<BoardWorld> {
  const files = flash ? {} : { 'midge.json': JSON.stringify(settings), ...await distExtensions(settings) }
  return new BoardWorld(board, random, files, { ...networks }, flash)
}

/** What a web server has answered: its status, the field Location and the page, a character a byte. */
export interface Page { status: number, location: string, text: string }

const pageOf = (bytes: string): Page => {
  const [head, ...rest] = bytes.split('\r\n\r\n')
  const location = /^location: (.*)$/im.exec(head)?.[1].trim() ?? ''
  return { status: +head.split(' ')[1], location, text: rest.join() }
}

/** Sends a request's bytes, in pieces of a size; answers with what came back: '' where the board has ended it so. */
export function exchange(driver: VirtualDriver, request: string, pieceSize = request.length): string {
  const visitor = WebVisitor.open(driver)
  if (!visitor) throw new Error('nobody listens')
  const pieces: Uint8Array[] = []
  for (let at = 0; at < request.length; at += pieceSize) pieces.push(bytesOfText(request.slice(at, at + pieceSize)))
  const answer = visitor.send(...pieces)
  visitor.peer.end()
  driver.settle()
  return textOfBytes(answer)
}

export const get = (driver: VirtualDriver, host: string, path: string): Page =>
  pageOf(exchange(driver, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: phone\r\n\r\n`))

export const post = (driver: VirtualDriver, body: string, more = ''): Page =>
  pageOf(exchange(driver,
    `POST / HTTP/1.1\r\nHost: 192.168.4.1\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`))

/** The form of a network that is typed. */
export const typed = (name: string, password: string): string =>
  `n=&o=${encodeURIComponent(name)}&p=${encodeURIComponent(password)}`

/** A question for a name's address. */
export const query = (name: string, type: 'A' | 'AAAA' = 'A'): Buffer =>
  dnsPacket.encode({ type: 'query', id: 7, flags: dnsPacket.RECURSION_DESIRED, questions: [{ type, name }] })

/** What the board has said to a datagram for its port 53. */
export function ask(driver: VirtualDriver, query: Uint8Array): Buffer[] {
  const { datagrams } = driver.board
  const before = datagrams.sent.length
  datagrams.deliver(53, Buffer.from(query).toString('latin1'), { address: '192.168.4.2', port: 50_000 })
  driver.settle()
  return datagrams.sent.slice(before).map(({ data }) => Buffer.from(data, 'latin1'))
}

/** The network that a board has joined. */
export const joinedNetwork = ({ driver }: BoardWorld): string =>
  driver.board.wifi.station === 'connected' ? String(driver.board.evaluate('require("Wifi").getDetails().ssid')) : ''

/** Lets time pass until the board's own network is open. */
export function untilOpen({ driver }: BoardWorld): void {
  for (let s = 0; driver.board.wifi.accessPoint !== 'midge-0002'; s++) {
    if (s > 300) throw new Error(`it does not open:\n${driver.board.output.join('\n')}`)
    driver.advance(1_000)
  }
}
