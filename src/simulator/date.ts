// The engine's Date in place of the language's: `new Date()` is the board's own clock, and what is local is by the
// board's zone, not by that of the computer under it.

import type { Realm } from './realm'
import type { TimeZone } from './time_zone'

const MINUTE_MS = 60_000
const PARTS = ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']
/** A text that says its zone itself. */
const ZONED = /(?:Z|GMT|UTC|[+-]\d\d:?\d\d)$/

type Method = (this: Date, ...args: number[]) => number
type Methods = Record<string, unknown>

/** The same moment, whose UTC parts are what the clock on the wall says. */
const wallOf = (date: Date, zone: TimeZone): Date =>
  new Date(date.getTime() + zone.minutesAt(date.getTime(), false) * MINUTE_MS)

function localText (date: Date, zone: TimeZone): string {
  const wall = wallOf(date, zone).toUTCString()
  const minutes = zone.minutesAt(date.getTime(), false)
  const [day, number, month, year, time] = wall.replace(',', '').split(' ')
  const size = Math.abs(minutes)
  const digits = String(Math.floor(size / 60) * 100 + size % 60).padStart(4, '0')
  return `${day} ${month} ${Number(number)} ${year} ${time} GMT${minutes < 0 ? '-' : '+'}${digits}`
}

function localMethods (prototype: Methods, zone: TimeZone): void {
  for (const part of PARTS) {
    const get = prototype[`getUTC${part}`] as Method
    prototype[`get${part}`] = function (this: Date) { return get.call(wallOf(this, zone)) }
    const set = prototype[`setUTC${part}`] as Method | undefined
    if (!set) continue
    prototype[`set${part}`] = function (this: Date, ...args: number[]) {
      const wall = wallOf(this, zone)
      set.apply(wall, args)
      return this.setTime(zone.utcOf(wall.getTime()))
    }
  }
  prototype.getTimezoneOffset = function (this: Date) { return -zone.minutesAt(this.getTime(), false) }
  prototype.getIsDST = function (this: Date) { return zone.isSummer(this.getTime(), false) ? 1 : 0 }
  prototype.toString = function (this: Date) { return localText(this, zone) }
}

/** Puts it into a realm, which has taken out already what the engine's does not have. */
export function engineDate (realm: Realm, zone: TimeZone, nowMs: () => number): void {
  const Native = realm.builtin<DateConstructor>('Date')
  localMethods(Native.prototype as unknown as Methods, zone)
  const parse = (text: string): number => {
    const ms = Native.parse(text)
    if (ZONED.test(text.trim())) return ms
    // As the computer under it has read it, of whose zone nothing stays.
    const read = new Date(ms)
    return zone.utcOf(/^\d{4}-\d\d-\d\d$/.test(text) ? ms : ms - read.getTimezoneOffset() * MINUTE_MS)
  }
  const made = function (...args: unknown[]): Date {
    if (args.length === 0) return new Native(nowMs())
    if (args.length === 1) return new Native(typeof args[0] === 'string' ? parse(args[0]) : Number(args[0]))
    const [year, month, date = 1, ...time] = args.map(Number)
    return new Native(zone.utcOf(Date.UTC(year, month, date, ...time)))
  }
  made.prototype = Native.prototype
  made.now = nowMs
  made.parse = parse
  Object.defineProperty(realm.globals, 'Date', { value: made, writable: true })
}
