// A simulated board: flash, firmware and one pass of the engine's idle loop. It moves only when somebody calls
// `pass`; see virtual_driver.ts and live_driver.ts.

import { STORAGE_START } from '../flash/layout'
import { keepsRecords, recordsHeader } from '../flash/records_file'
import { BROKER_FILE } from '../flash/storage_build'
import { Addresses } from './addresses'
import type { Clock } from './clock'
import { engineDate } from './date'
import { createEngineObject, type EngineState } from './e_object'
import { emitterMethods } from './emitter'
import { EventQueue } from './event_queue'
import type { BoardObject, Listener } from './event_queue'
import { createCryptoModule } from './crypto_module'
import { createFlashModule } from './flash_module'
import { FlashMemory } from './flash_memory'
import { boardGlobals, WallClock } from './globals'
import { Heap } from './heap'
import { bytesOfText, textOfBytes } from './latin1'
import { runWithin } from './limit'
import { Modules } from './modules'
import { createNetModule, createTlsModule, DatagramModule } from './net_module'
import type { BoardOptions } from './options'
import { completeOptions } from './options'
import { Pins } from './pins'
import { Realm } from './realm'
import type { Runtime } from './runtime'
import { OutOfMemory, PowerCut, Restart } from './stop'
import { StorageImage } from './storage_image'
import { createStorageModule, storageWrite } from './storage_module'
import { TcpStack } from './tcp_stack'
import { TimeZone } from './time_zone'
import { Timers } from './timers'
import { Watchdog } from './watchdog'
import { Wifi } from './wifi'

const BOOT_FILES = ['.boot0', '.boot1', '.boot2', '.boot3']

const bytesOf = (data: string | Uint8Array): Uint8Array => typeof data === 'string' ? bytesOfText(data) : data

export class SimulatedBoard implements Runtime {
  readonly options: Required<BoardOptions>
  readonly flash: FlashMemory
  readonly storage: StorageImage
  readonly heap: Heap
  readonly events = new EventQueue((listener, target, args) => this.call(listener, target, args))
  readonly timers: Timers
  readonly watchdog: Watchdog
  /** Errors that nobody caught, of the whole life of this board. */
  readonly uncaught: unknown[] = []
  /** Everything printed. */
  readonly output: string[] = []
  /** How often it has started. */
  starts = 0
  powered = true
  tcp!: TcpStack
  wifi!: Wifi
  pins!: Pins
  datagrams!: DatagramModule
  private realm!: Realm
  private engine!: BoardObject
  private state!: EngineState
  private thrown: unknown[] = []
  /** Something has been ended: whoever drives the board is heard before it starts anew, which may hang as well. */
  private isHung = false

  constructor (readonly clock: Clock, options: BoardOptions = {}) {
    this.options = completeOptions(options)
    this.flash = new FlashMemory(options.flash)
    this.flash.changed = this.options.flashChanged
    this.storage = new StorageImage(this.flash)
    this.heap = new Heap(this.options.heapTotal, this.options.heapUsed, this.options.heapFree)
    this.timers = new Timers(clock, (callback, target, args) => this.call(callback, target, args))
    this.watchdog = new Watchdog(clock)
    const files = this.options.files
    const keeps = !options.flash && keepsRecords(bytesOf(files[BROKER_FILE] ?? ''))
    if (keeps) this.flash.write(STORAGE_START, recordsHeader())
    for (const [name, data] of Object.entries(files)) this.writeFile(name, data)
  }

  /** Puts a file into Storage from outside, as a flasher does. */
  writeFile (name: string, data: string | Uint8Array): void {
    storageWrite(this.storage, name, bytesOf(data))
  }

  /** Switches the board on: boot files, E's `init`, onInit. */
  start (fromPower = true): void {
    this.starts++
    this.powered = true
    this.buildRealm()
    this.heap.start(() => this.guarded(() => this.bootFiles(fromPower)))
  }

  /** One pass of the idle loop: timers, network, then the events they queued. Answers whether anything happened. */
  pass (): boolean {
    if (!this.powered) return false
    if (this.isHung || this.watchdog.expired) {
      this.restart(new Restart('watchdog'))
      return true
    }
    let busy = false
    this.guarded(() => {
      const before = this.output.length + this.uncaught.length
      busy = this.timers.run()
      busy = this.wifi.pass() || busy
      this.tcp.pass()
      busy = this.events.run() || busy
      this.reportThrown()
      busy = this.events.run() || busy || before !== this.output.length + this.uncaught.length
    })
    this.watchdog.pass()
    return busy
  }

  /** Takes the power away at this instant. Peers are not told. */
  powerOff (): void {
    this.powered = false
    this.clearAll()
  }

  call (callback: Listener, target: unknown, args: unknown[]): boolean {
    try {
      callback.apply(target, args)
    } catch (error) {
      if (error instanceof Restart || error instanceof PowerCut) throw error
      if (!(error instanceof OutOfMemory)) this.thrown.push(error)
    }
    if (!this.heap.wasAtItsEnd()) return true
    this.print('Execution Interrupted')
    this.flagError('MEMORY')
    return false
  }

  createObject (prototype?: BoardObject): BoardObject {
    return this.realm.createObject(prototype)
  }

  createBytes (bytes: Uint8Array): Uint8Array {
    return this.realm.createBytes(bytes)
  }

  random (): number {
    return this.options.random()
  }

  print (line: string): void {
    this.output.push(line)
    this.options.log(line)
  }

  flagError (flag: string): void {
    if (!this.state.errorFlags.includes(flag)) this.state.errorFlags.push(flag)
  }

  /** Runs text at the board's console. */
  evaluate (code: string): unknown {
    let value: unknown
    this.guarded(() => { value = this.realm.run(code, 'console') })
    return value
  }

  /** Runs board code outside of a handler; what ends it from outside is carried out. */
  private guarded (run: () => void): void {
    try {
      const { hangMs } = this.options
      if (hangMs === Infinity) run()
      else if (!runWithin(Math.min(hangMs, this.watchdog.limitMs), run)) this.isHung = true
    } catch (error) {
      if (error instanceof Restart) this.restart(error)
      else if (error instanceof PowerCut) this.powerOff()
      else throw error
    }
  }

  private restart (cause: Restart): void {
    this.print(`restart: ${cause.cause}`)
    this.clearAll()
    this.start(false)
  }

  private clearAll (): void {
    this.isHung = false
    this.tcp.clear()
    this.wifi.clear()
    this.pins.clear()
    this.timers.clear()
    this.events.clear()
    this.watchdog.clear()
    this.heap.clear()
    this.thrown = []
  }

  private buildRealm (): void {
    const saved = this.wifi?.saved ?? null
    this.realm = new Realm()
    this.realm.extendObjects(emitterMethods(this.events))
    const zone = new TimeZone()
    this.state = { addresses: new Addresses(), watchdog: this.watchdog, zone, flags: {}, errorFlags: [] }
    this.tcp = new TcpStack(this, this.options)
    const isExclusive = this.options.boardName.startsWith('ESP32C3')
    this.wifi = new Wifi(this, this.options.networks, isExclusive, this.tcp)
    this.wifi.saved = saved
    this.pins = new Pins(this)
    this.datagrams = new DatagramModule(this, this.tcp, this.options.datagramSent)
    this.engine = createEngineObject(this, this.state)
    const modules = new Modules(this.realm, this.storage, this.firmwareModules())
    const wallClock = new WallClock(this, this.options.startMs)
    const require = (name: string): unknown => modules.require(name)
    const about = { boardName: this.options.boardName, wallClock, pins: this.pins, require }
    Object.assign(this.realm.globals, boardGlobals(this, about))
    const global = this.realm.run('globalThis', 'global')
    Object.assign(this.realm.globals, { E: this.engine, Modules: modules.global(), global })
    engineDate(this.realm, zone, () => wallClock.nowMs())
    this.realm.builtin<{ random: () => number }>('Math').random = () => this.random()
    this.wifi.restore()
  }

  private firmwareModules (): Record<string, BoardObject> {
    const telnet = (options: { mode?: string }): void => { this.tcp.telnetOn = options.mode !== 'off' }
    const all: Record<string, BoardObject> = {
      net: createNetModule(this, this.tcp), tls: createTlsModule(this, this.tcp),
      dgram: this.datagrams.module, Wifi: this.wifi.module, Storage: createStorageModule(this, this.storage),
      crypto: createCryptoModule(this),
      Flash: createFlashModule(this, this.flash, this.storage),
      TelnetServer: Object.assign(this.createObject(), { setOptions: telnet }),
    }
    return Object.fromEntries(Object.entries(all).filter(([name]) => !this.options.lacks.includes(name)))
  }

  private bootFiles (fromPower: boolean): void {
    if (fromPower) this.runFile('.bootPowerOn')
    for (const name of BOOT_FILES) this.runFile(name)
    if (!this.runFile('.bootrst')) this.runFile('.bootcde')
    this.events.push(this.engine, 'init', [])
    const onInit = this.realm.globals.onInit
    if (typeof onInit === 'function') this.call(onInit as Listener, undefined, [])
    this.events.run()
    this.reportThrown()
  }

  private runFile (name: string): boolean {
    const record = this.storage.find(name)
    if (!record) return false
    const code = textOfBytes(this.storage.data(record))
    this.call(() => this.realm.run(code, name), undefined, [])
    this.reportThrown()
    return true
  }

  /** Errors come to light at the end of a pass, after the other sockets had their turn. */
  private reportThrown (): void {
    for (const error of this.thrown.splice(0)) {
      this.uncaught.push(error)
      const process = this.realm.globals.process as BoardObject
      if (process['#onuncaughtException']) this.events.push(process, 'uncaughtException', [error])
      else this.print(`Uncaught ${String(error)}`)
      if (this.state.flags.onErrorSave && !this.storage.find('ERROR')) this.writeFile('ERROR', String(error))
    }
  }
}
