// Makes a duplex stream a client's connection.
import type { Duplex } from 'node:stream'
import { FULL_CONNECTIONS, count } from '../../broker/counters'
import { LOG_FULL } from '../../broker/log_code'
import { NONE } from '../../limits'
import { EXPIRY_NEVER } from '../../broker/session/session'
import { SETTING_SESSION_EXPIRY } from '../../broker/settings'
import {
  brokerAccept, brokerClosed, brokerReceive, connectionCount, connectionTermsSet, settingOf, settingSet,
} from '../../main'
import { gateFor } from './gate'
import { meterFor } from './guard/meter'
import { Link, type Origin } from './link'
import { portLog, traceArrival } from './log'
import { accessListOf } from './realm'
import type { Slot } from '../../kinds'
import { heard, hearing, linkAdd, linkOf, linkRemove } from './transmit'

let connectionsMax = Infinity
/** The program's own clients: they take the place of one. */
let ownCount = 0

/** How many connections there may be at a time, for those to come; the program's own are never turned away. */
export function connectionsMaxSet(most: number): void {
  connectionsMax = most
}

/** Whether one more may come. */
export function hasPlace(): boolean {
  return connectionCount - Math.max(0, ownCount - 1) < connectionsMax
}

/** Refuses a connection that found no place; it is counted and logged as those are for which the core has none. */
export function refuse(stream: Duplex): void {
  stream.destroy()
  count(FULL_CONNECTIONS)
  portLog(LOG_FULL, NONE, FULL_CONNECTIONS)
}

/** What is kept for the program's own clients is kept for as long as they ask, whatever holds for others. */
function receiveTrusted(slot: Slot, chunk: Uint8Array): void {
  const most = settingOf(SETTING_SESSION_EXPIRY)
  settingSet(SETTING_SESSION_EXPIRY, EXPIRY_NEVER)
  brokerReceive(slot, chunk)
  settingSet(SETTING_SESSION_EXPIRY, most)
}

/** Attaches a stream. Answers false where there is no slot; the stream is destroyed then. */
export function attach(stream: Duplex, origin: Origin): boolean {
  // Errors of a connection end it; 'close' follows.
  stream.on('error', () => stream.destroy())
  if (stream.destroyed) return false
  const slot = origin.isTrusted || hasPlace() ? brokerAccept() : -1
  if (slot < 0) {
    stream.destroy()
    return false
  }
  connectionTermsSet(slot, accessListOf(origin.terms?.realm), origin.terms?.qosMax ?? 2)
  const link = new Link(stream, slot, origin)
  linkAdd(link)
  if (!origin.isTrusted) traceArrival('accepted', origin.address)
  if (origin.isTrusted) {
    ownCount++
    stream.once('close', () => ownCount--)
  }
  const receive = (chunk: Uint8Array): void => {
    if (!link.isOpen) return link.discard(chunk.length)
    link.received += chunk.length
    hearing()
    if (origin.isTrusted) receiveTrusted(slot, chunk)
    else brokerReceive(slot, chunk)
    heard(chunk.length)
  }
  const gate = gateFor(link, receive)
  const meter = meterFor(link)
  const take = gate ? (chunk: Uint8Array): void => gate.take(chunk) : receive
  stream.on('data', meter ? (chunk: Uint8Array) => { if (meter.take(chunk)) take(chunk) } : take)
  stream.on('end', () => stream.end())
  const lost = (): void => {
    if (!link.isOpen) return
    link.isOpen = false
    brokerClosed(slot)
    if (linkOf(slot) === link) linkRemove(slot)
  }
  stream.on('close', () => gate ? void gate.whenThrough().then(lost) : lost())
  return true
}
