// Asks whether a name is free, announces it, and answers who asks: RFC 6762, sections 6 to 10. What is sent to all is
// sent once a second at the most.
import { type Entry, numberAt, packetRead, type Question, TYPE_A, TYPE_SRV } from './packet'
import {
  askedFor, dataOf, foreignResponse, HAS_ALL, hostLabel, hostName, instanceName, knownAs, nameNext, probe, response,
} from './records'

export type Send = (data: string, port: number, address: string) => void

export const PORT = 5_353
export const GROUP = '224.0.0.251'

const PROBE_COUNT = 3
const PROBE_MS = 250
const ANNOUNCE_MS = 1_000
const ANNOUNCE_COUNT = 2
/** After another one who asks for the same name at the same time. */
const YIELD_MS = 1_000
const AGAIN_S = 1

let send: Send | undefined
/** Probes that are still to go out; then the name is ours. */
let probes = 0
let announcements = 0
let step: NodeJS.Timeout | undefined
/** Records that are about to be sent to all. */
let pending = 0
let pendingTimer: NodeJS.Timeout | undefined
/** Seconds. */
let sentAt = 0

function stepIn(ms: number): void {
  if (step) clearTimeout(step)
  step = setTimeout(next, ms)
}

function toAll(data: string): void {
  send!(data, PORT, GROUP)
}

/** One probe or announcement. */
function next(): void {
  step = undefined
  if (probes > 0) {
    toAll(probe())
    if (!--probes) print(`mDNS: ${instanceName()} on ${hostName()}`)
    stepIn(PROBE_MS)
  } else if (announcements > 0) {
    announcements--
    sentAt = getTime()
    toAll(response(HAS_ALL, false))
    stepIn(ANNOUNCE_MS)
  }
}

function begin(ms: number): void {
  probes = PROBE_COUNT
  announcements = ANNOUNCE_COUNT
  stepIn(ms)
}

const isOurs = (): boolean => send !== undefined && probes === 0 && announcements < ANNOUNCE_COUNT

/** Begins with what was set in records.ts. */
export function responderStart(sender: Send): void {
  send = sender
  begin(Math.random() * PROBE_MS)
}

/** Says goodbye where it is heard, and is silent from then on. */
export function responderEnd(isHeard: boolean): void {
  if (step) clearTimeout(step)
  if (pendingTimer) clearTimeout(pendingTimer)
  if (isHeard && isOurs()) toAll(response(HAS_ALL, true))
  step = pendingTimer = send = undefined
  pending = 0
}

function answerPending(): void {
  pendingTimer = undefined
  sentAt = getTime()
  toAll(response(pending, false))
  pending = 0
}

/** Answers to all, after the others that may answer too. */
function answerSoon(records: number): void {
  pending |= records
  const since = getTime() - sentAt
  const ms = since >= 0 && since < AGAIN_S ? (AGAIN_S - since) * 1_000 : 0
  if (!pendingTimer) pendingTimer = setTimeout(answerPending, ms + 20 + Math.random() * 100)
}

/** Another one's record of our name; true: it says something else. */
function differs(entry: Entry): boolean {
  const name = entry.type === TYPE_A ? hostName() : entry.type === TYPE_SRV ? instanceName() : ''
  return name !== '' && entry.name === name && entry.data !== dataOf(entry.type)
}

/** Somebody answers: whoever was there first has the name. */
function onResponse(data: string): void {
  let isTaken = false
  packetRead(data, () => undefined, (entry) => { if (entry.ttl && differs(entry)) isTaken = true })
  if (!isTaken) return
  // A name that was ours is asked for once more.
  if (!isOurs()) {
    nameNext()
    print(`mDNS: somebody else in the network has the name; this one is ${instanceName()}`)
  }
  begin(0)
}

/** Somebody asks, from that port and address. */
function onQuery(data: string, port: number, address: string): void {
  let records = 0
  let known = 0
  let isUnicast = port !== PORT
  let isBehind = false
  let asked = 0
  const onQuestion = (question: Question): void => {
    asked++
    records |= askedFor(question.name, question.type)
    if (question.isUnicast) isUnicast = true
  }
  const isWhole = packetRead(data, onQuestion, (entry) => {
    if (entry.kind === 1) known |= knownAs(entry.name, entry.type, entry.target, entry.ttl)
    if (entry.kind === 2 && differs(entry) && entry.data > dataOf(entry.type)) isBehind = true
  })
  if (!isWhole) return
  if (!isOurs()) {
    // Both ask for it: the greater one has it.
    if (isBehind) begin(YIELD_MS)
    return
  }
  records &= ~known
  if (!records) return
  if (port !== PORT) {
    if (asked === 1) send!(foreignResponse(records, data.substr(0, 2), questionOf(data)), port, address)
  } else if (isUnicast) send!(response(records, false), port, address)
  else answerSoon(records)
}

/** The bytes of a packet's one question. */
function questionOf(data: string): string {
  let at = 12
  while (data.charCodeAt(at)) at += data.charCodeAt(at) + 1
  return data.substr(12, at + 5 - 12)
}

/** A packet has come, whatever is in it. */
export function responderHear(data: string, port: number, address: string): void {
  if (!send || data.length < 12) return
  // Most of what a home says is about others: that is told without reading it.
  const small = data.toLowerCase()
  if (small.indexOf('_mqtt') < 0 && small.indexOf('_services') < 0 && small.indexOf(hostLabel()) < 0) return
  const flags = numberAt(data, 2)
  if (flags & 0x7800) return
  if (flags < 0x8000) onQuery(data, port, address)
  else if (port === PORT) onResponse(data)
}
