// The extension m.rescue: a board that has lost its Wi-Fi for good opens a network of its own, at which another one is
// chosen. midge.json: "wifi_ap_password", "" for an open one; without it there is none. "wifi_ap_pin": a button.
//
// Memory: what is here; the rest comes when it is needed.
import { networkTake } from './network'
import { type Point, pointOpen, type Wifi } from './point'

/** Joins that fail one behind the other until the board helps itself. */
const FAILURES_MAX = 5
/** Milliseconds from the start until the button is looked at: one that the loader looks at must not be held before. */
const BUTTON_MS = 2_000

interface PinModes { pinMode(pin: unknown, mode: string): void, digitalRead(pin: unknown): number }

// eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
const wifi = require('Wifi') as Wifi
const password = configuration.wifi_ap_password
const pinName = configuration.wifi_ap_pin
delete configuration.wifi_ap_password
delete configuration.wifi_ap_pin

let point: Point | undefined
let isJoined = false
let failures = 0

function open(why: string): void {
  if (!point) point = pointOpen(wifi, password as string, why)
}

function onDisconnected(details: { msg: string }): void {
  // That the network went is no join that failed.
  if (!isJoined) failures++
  isJoined = false
  if (point) point._failed(details.msg)
  else if (failures >= FAILURES_MAX) open('The board cannot join its Wi-Fi. Which one is it to join?')
}

function onConnected(): void {
  failures = 0
  isJoined = true
  if (point) point._joined()
  point = undefined
}

/** Looks at the button once; until then there is no attempt. */
function buttonLook(pin: unknown): void {
  const pins = global as unknown as PinModes
  pins.pinMode(pin, 'input_pullup')
  wifiWait(0)
  setTimeout(() => {
    if (!pins.digitalRead(pin)) open('Which Wi-Fi is the board to join?')
    else if (!point) wifiWait(1)
  }, BUTTON_MS)
}

function start(): void {
  const isRight = typeof password === 'string' && (password === '' || password.length >= 8 && password.length <= 63)
  if (!isRight) {
    print('midge.json: wifi_ap_password must be a text of 8 to 63 bytes, or empty for an open access point')
    return
  }
  const pin = (global as unknown as Record<string, unknown>)[pinName as string]
  if (pinName !== undefined && (typeof pinName !== 'string' || !/^D\d+$/.test(pinName) || pin === undefined)) {
    print('midge.json: wifi_ap_pin must be a pin of this board, as "D0"')
    return
  }
  networkTake()
  wifi.on('disconnected', onDisconnected)
  wifi.on('connected', onConnected)
  if (!configuration.wifi_ssid) open('Which Wi-Fi is the board to join?')
  else if (pinName) buttonLook(pin)
}

start()
