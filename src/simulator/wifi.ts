// require('Wifi'). The firmware tries an association three times and then gives up with a `disconnected` event: to
// connect again is the program's business. When the link is lost no socket hears of it.

import type { BoardObject, Listener } from './event_queue'
import type { Runtime } from './runtime'

/** Networks in reach: name to password ('' is open). */
export type WifiNetworks = Record<string, string>

const ASSOCIATION_MS = 400
const ADDRESS_MS = 300
const ASSOCIATIONS_MAX = 3

const STATION_ADDRESS = { ip: '192.168.1.50', netmask: '255.255.255.0', gw: '192.168.1.1' }
const ACCESS_POINT_ADDRESS = { ip: '192.168.4.1', netmask: '255.255.255.0', gw: '192.168.4.1' }

export class Wifi {
  readonly module: BoardObject
  hostname = 'espruino'
  /** Its own network's name; firmwares up to 2v29 open one by themselves. */
  accessPoint: string | null = 'ESP_000002'
  /** That network's password: '' is open. */
  accessPointPassword = ''
  station: 'off' | 'connecting' | 'connected' = 'off'
  /** What `save` has put into NVS, to be used at the next start. */
  saved: { ssid: string, password: string } | null = null
  private ssid = ''
  private password = ''
  private onDone: Listener | null = null
  private waiting: { dueMs: number, run: () => void } | null = null

  constructor (
    private readonly runtime: Runtime,
    readonly networks: WifiNetworks,
    /** An ESP32-C3 is an access point or joins one, and not both. */
    private readonly isExclusive: boolean,
    /** The links of a network that it has joined, and of its own. */
    private readonly links: { setLinked (linked: boolean): void, setPointOpen (isOpen: boolean): void },
  ) {
    this.module = Object.assign(runtime.createObject(), this.methods())
  }

  /** When this has something to do next, or null. */
  get nextMs (): number | null {
    return this.waiting?.dueMs ?? null
  }

  /** Does what is due. */
  pass (): boolean {
    if (!this.waiting || this.waiting.dueMs > this.runtime.clock.nowMs()) return false
    const { run } = this.waiting
    this.waiting = null
    run()
    return true
  }

  /** The network goes out of reach, or its access point restarts. */
  lose (): void {
    if (this.station === 'off') return
    this.links.setLinked(false)
    this.station = 'connecting'
    this.associate(1)
  }

  /** A phone or a sensor joins or leaves the board's own network. */
  stationJoined (mac: string, joined: boolean): void {
    this.runtime.events.push(this.module, joined ? 'sta_joined' : 'sta_left', [{ mac }])
  }

  /** What the firmware does at power-on with saved credentials. */
  restore (): void {
    if (this.saved) this.connect(this.saved.ssid, this.saved.password, null)
  }

  clear (): void {
    this.waiting = null
    this.onDone = null
    this.station = 'off'
    this.accessPoint = null
  }

  private after (delayMs: number, run: () => void): void {
    this.waiting = { dueMs: this.runtime.clock.nowMs() + delayMs, run }
  }

  private done (problem: string | null): void {
    if (this.onDone) this.runtime.events.pushListeners([this.onDone], undefined, [problem])
    this.onDone = null
  }

  private connect (ssid: string, password: string, onDone: Listener | null): void {
    this.ssid = ssid
    this.password = password
    this.onDone = onDone
    this.station = 'connecting'
    if (this.isExclusive) this.closeAccessPoint()
    this.associate(1)
  }

  private associate (attempt: number): void {
    this.after(ASSOCIATION_MS, () => {
      if (this.networks[this.ssid] === this.password) this.associated()
      else if (attempt < ASSOCIATIONS_MAX) this.associate(attempt + 1)
      else this.gaveUp()
    })
  }

  private associated (): void {
    this.runtime.events.push(this.module, 'associated', [{ ssid: this.ssid, channel: 1, authMode: 'wpa2' }])
    this.after(ADDRESS_MS, () => {
      this.station = 'connected'
      this.links.setLinked(true)
      this.runtime.events.push(this.module, 'connected', [{ ...STATION_ADDRESS }])
      this.done(null)
    })
  }

  private gaveUp (): void {
    this.station = 'off'
    const known = this.ssid in this.networks
    const reason = known ? { reason: '15', msg: 'WRONG_KEY' } : { reason: '201', msg: 'NO_AP_FOUND' }
    this.runtime.events.push(this.module, 'disconnected', [{ ssid: this.ssid, ...reason }])
    this.done(reason.msg)
  }

  private disconnect (onDone?: Listener): void {
    if (this.station === 'connected') this.links.setLinked(false)
    this.waiting = null
    this.station = 'off'
    this.runtime.events.push(this.module, 'disconnected', [{ ssid: this.ssid, reason: '8', msg: 'ASSOC_LEAVE' }])
    if (onDone) this.runtime.events.pushListeners([onDone], undefined, [])
  }

  private startAccessPoint (name: string, options: BoardObject, onDone?: Listener): void {
    const password = String(options?.password ?? '')
    if (options?.password !== undefined && password.length < 8) {
      throw new Error('Password must be string of at least 8 characters')
    }
    if (this.isExclusive) this.waiting = null
    this.accessPoint = name
    this.accessPointPassword = password
    this.links.setPointOpen(true)
    if (onDone) this.runtime.events.pushListeners([onDone], undefined, [null])
  }

  private closeAccessPoint (): void {
    this.accessPoint = null
    this.links.setPointOpen(false)
  }

  private found (): object[] {
    return Object.entries(this.networks).map(([ssid, password], index) =>
      ({ ssid, rssi: -50 - index, authMode: password ? 'wpa2' : 'open', channel: '1', mac: '24:0a:c4:00:00:09' }))
  }

  private methods (): Record<string, (...args: never[]) => unknown> {
    const later = (onDone: Listener | undefined, ...args: unknown[]): void => {
      if (onDone) this.runtime.events.pushListeners([onDone], undefined, args)
    }
    const noAddress = { ip: '0.0.0.0', netmask: '0.0.0.0', gw: '0.0.0.0' }
    return {
      connect: (ssid: string, options?: BoardObject, onDone?: Listener) =>
        this.connect(ssid, String(options?.password ?? ''), onDone ?? null),
      disconnect: (onDone?: Listener) => this.disconnect(onDone),
      startAP: (name: string, options: BoardObject, onDone?: Listener) => this.startAccessPoint(name, options, onDone),
      stopAP: (onDone?: Listener) => { this.closeAccessPoint(); later(onDone) },
      setHostname: (name: string, onDone?: Listener) => { this.hostname = name; later(onDone) },
      getHostname: () => this.hostname,
      getIP: (onDone?: Listener) => {
        const address = { ...(this.station === 'connected' ? STATION_ADDRESS : noAddress), mac: '24:0a:c4:00:00:01' }
        later(onDone, null, address)
        return address
      },
      getAPIP: () => ({ ...ACCESS_POINT_ADDRESS, mac: '24:0a:c4:00:00:02' }),
      setIP: (_: unknown, onDone?: Listener) => later(onDone, null),
      setAPIP: (_: unknown, onDone?: Listener) => later(onDone, null),
      getStatus: () => ({ station: this.station, ap: this.accessPoint === null ? 'disabled' : 'enabled' }),
      getDetails: () => ({ status: this.station, ssid: this.ssid, rssi: -50 }),
      getAPDetails: () => ({ status: this.accessPoint === null ? 'disabled' : 'enabled', ssid: this.accessPoint }),
      scan: (onDone: Listener) => later(onDone, this.found()),
      save: () => { this.saved = { ssid: this.ssid, password: this.password } },
      restore: () => this.restore(),
      setSNTP: () => undefined,
      ping: () => undefined,
    }
  }
}
