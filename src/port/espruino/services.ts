// What a board needs beside a broker: Wi-Fi that comes back, a watchdog, an eye on the engine's variables. It is told
// of each second by servicesTick.
import { socketsDrop } from './accept'
import { accessPointName } from './access_point'
import { configuration } from './configuration'
import { configurationRead } from './configuration_read'
import { report } from './log'
import { variablesLook, variablesWatch } from './variables'

/** Seconds; longer than the longest time that Storage takes to compact itself. */
const WATCHDOG_S = 30
const RETRY_S_MAX = 64

interface WifiModule {
  on(event: string, handler: (details: { ip: string }) => void): void
  connect(ssid: string, options: { password?: string }): void
  startAP(name: string, options: object): void
  stopAP(): void
  setHostname(name: string): void
  getAPIP(): { mac: string }
}

let wifi: WifiModule | undefined
/** Seconds until the next attempt; 0: none is due. */
let retryIn = 0
/** Seconds to wait after the next failure. */
let retryS = 1

/** Joins the network that is named; where there is none the board is an access point. */
function wifiStart(): void {
  if (configuration.wifi_ssid) {
    wifi!.connect(configuration.wifi_ssid, { password: configuration.wifi_password })
    return
  }
  const name = accessPointName(wifi!)
  wifi!.startAP(name, {})
  print(`access point ${name}`)
}

/** For an extension that has its own idea of it: seconds until the network is tried; 0: when it says so. */
export function wifiWait(seconds: number): void {
  retryIn = seconds
}

/** The firmware gives up after three attempts, and tells no socket that the network is gone. */
function onDisconnected(): void {
  if (!retryIn) {
    print(`Wi-Fi lost, next attempt in ${retryS} s`)
    socketsDrop()
  }
  retryIn = retryS
  retryS = Math.min(RETRY_S_MAX, retryS * 2)
}

function onConnected(details: { ip: string }): void {
  retryIn = 0
  retryS = 1
  print(`Wi-Fi connected, address ${details.ip}`)
}

/* eslint-disable @typescript-eslint/no-require-imports -- Espruino has no other way */
/** Reads the configuration and starts everything; a firmware that lacks a module goes without. */
export function servicesStart(): void {
  process.on('uncaughtException', report)
  const isConfigured = configurationRead()
  E.enableWatchdog(WATCHDOG_S, true)
  variablesWatch()
  try {
    // A board that must be mended keeps the firmware's console.
    if (isConfigured && !configuration.telnet) require('TelnetServer').setOptions({ mode: 'off' })
  } catch { /* There is none. */ }
  try {
    wifi = require('Wifi')
  } catch { /* A computer has its own network. */ }
  if (!wifi) return
  // Firmwares up to 2v29 open one of their own, which asks nobody for a password.
  wifi.stopAP()
  if (configuration.hostname) wifi.setHostname(configuration.hostname)
  wifi.on('disconnected', onDisconnected)
  wifi.on('connected', onConnected)
  retryIn = 1
}
/* eslint-enable @typescript-eslint/no-require-imports */

/** Call at the end of the start: joins the Wi-Fi, unless an extension has its own idea of when. */
export function wifiBegin(): void {
  if (retryIn !== 1) return
  retryIn = 0
  wifiStart()
}

/** Call once a second. */
export function servicesTick(): void {
  variablesLook()
  if (retryIn && !--retryIn) wifiStart()
}
