// The board's own network, at which another one can be chosen. It takes turns with attempts to join: an ESP32-C3 cannot
// do both at once, and while an ESP32 looks for a network it leaves its own one's channel. While somebody uses the page
// there are none.
//
// Memory: all of it, its names and functions, is made when it opens and gone when it has closed for good
// (scripts/build/lists/extensions.mjs).
import { accessPointName } from '../../port/espruino/access_point'
import type { WifiNetwork } from '../../flash/wifi_room'
import { formRead } from './form'
import { namesAnswer } from './names'
import { networkKeep } from './network'
import { type Found, pageForm, pageGoodbye, strongest } from './page'
import { type Answer, fieldOf, type Request, visitorsEnd, visitorsStart } from './visitors'

export interface Wifi {
  on(event: 'connected' | 'disconnected', handler: (details: { msg: string }) => void): void
  startAP(name: string, options: { password?: string }): void
  stopAP(): void
  scan(callback: (found: Found[]) => void): void
  getAPIP(): { ip: string, mac: string }
}

/** What is told of Wi-Fi while the access point is there. */
export interface Point {
  _joined(): void
  _failed(reason: string): void
}

interface DatagramSocket {
  on(event: 'message', handler: (data: string, from: { address: string, port: number }) => void): void
  bind(port: number): void
  send(data: string, port: number, address: string): void
  close(): void
}

const NAMES_PORT = 53
const LOOK_MS = 10_000
/** Looks without a request for the page, after which the network is tried; and looks after which it is in any case. */
const IDLE_LOOKS = 12
const LOOKS_MAX = 60
/** A firmware may never answer a scan. */
const SCAN_MS_MAX = 6_000
/** For the answer to leave, and for the firmware to have closed the network before it joins another one. */
const CLOSE_MS = 2_000
/** A firmware that says nothing has not joined. */
const ATTEMPT_MS_MAX = 40_000

let wifi: Wifi | undefined
let password = ''
let names: DatagramSocket | undefined
let networks: Found[] = []
let sentence = ''
/** What was chosen at the page and has not been joined yet, and what was in force before. */
let chosen: WifiNetwork | undefined
let before: WifiNetwork | undefined
let isTrying = false
let isScanning = false
let idle = 0
let looks = 0
let timer: NodeJS.Timeout | undefined

/** One thing is waited for at a time. */
function wait(ms: number, then: () => void): void {
  if (timer) clearTimeout(timer)
  timer = setTimeout(() => {
    timer = undefined
    then()
  }, ms)
}

function inForce(network: WifiNetwork): void {
  configuration.wifi_ssid = network.name
  configuration.wifi_password = network.password
}

/** Looks for networks in reach, and opens the board's own. */
function turnBegin(): void {
  wifiWait(0)
  isTrying = false
  isScanning = true
  wait(SCAN_MS_MAX, open)
  try {
    wifi!.scan((found) => {
      networks = strongest(found)
      if (isScanning) open()
    })
  } catch { /* One is under way, or the firmware thinks so: names can be typed. */ }
}

function open(): void {
  const name = accessPointName(wifi!)
  isScanning = false
  idle = looks = 0
  wifi!.startAP(name, password ? { password } : {})
  print(`access point ${name}`)
  print(`another network can be chosen at http://${wifi!.getAPIP().ip}`)
  wait(LOOK_MS, look)
}

/** Whether it is time to try the network again. */
function look(): void {
  if (++idle < IDLE_LOOKS && ++looks < LOOKS_MAX || !configuration.wifi_ssid) wait(LOOK_MS, look)
  else attempt()
}

/** Closes the board's own network, and joins the one that is in force. */
function attempt(): void {
  wifi!.stopAP()
  wait(CLOSE_MS, () => {
    isTrying = true
    wifiWait(1)
    wait(ATTEMPT_MS_MAX, () => failed('it does not answer'))
  })
}

function failed(reason: string): void {
  wifiWait(0)
  if (!isTrying) return
  if (chosen) {
    sentence = `The board could not join ${chosen.name}: ${reason}. Is the password right?`
    inForce(before!)
    chosen = undefined
  }
  turnBegin()
}

function joined(): void {
  if (timer) clearTimeout(timer)
  wifi!.stopAP()
  visitorsEnd()
  names!.close()
  if (chosen && isTrying) networkKeep(chosen)
}

/** A form was sent. */
function take(form: string): Answer {
  const network = formRead(form)
  if (typeof network === 'string') return { status: '400 Bad Request', fields: '', page: pageForm(networks, network) }
  before = { name: configuration.wifi_ssid as string, password: configuration.wifi_password as string }
  chosen = network
  wait(CLOSE_MS, () => {
    inForce(network)
    attempt()
  })
  return { status: '200 OK', fields: '', page: pageGoodbye(network.name) }
}

function answer(request: Request): Answer {
  const address = wifi!.getAPIP().ip
  const host = 'http://' + address
  const origin = fieldOf(request.fields, 'origin')
  idle = 0
  // What asks for any other page has been led here by its name: that is how a phone finds out that it has to ask.
  if (fieldOf(request.fields, 'host') !== address || request.path !== '/') {
    return { status: '302 Found', fields: `Location: ${host}/\r\n`, page: '' }
  }
  if (request.method !== 'POST') return { status: '200 OK', fields: '', page: pageForm(networks, sentence) }
  // Another site's page, which a phone shows that is in a second network too.
  if (origin && origin !== host) return { status: '403 Forbidden', fields: '', page: '' }
  return take(request.body)
}

function namesStart(): void {
  const address = wifi!.getAPIP().ip.split('.').map(part => String.fromCharCode(+part)).join('')
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
  const socket = (require('dgram') as { createSocket(type: string): DatagramSocket }).createSocket('udp4')
  socket.on('message', (data, from) => {
    const text = namesAnswer(data, address)
    if (text) socket.send(text, from.port, from.address)
  })
  socket.bind(NAMES_PORT)
  names = socket
}

/** Opens it. `why` is what its page says first; the password is '' for an open network. */
export function pointOpen(given: Wifi, givenPassword: string, why: string): Point {
  wifi = given
  password = givenPassword
  sentence = why
  namesStart()
  visitorsStart(answer)
  turnBegin()
  return { _joined: joined, _failed: failed }
}
