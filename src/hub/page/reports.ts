// What the page shows beside the topics of $SYS: under $SYS/broker/dashboard/ and $SYS/broker/log/, for whoever may
// read that, and only while somebody is there.
//
// Bytes of a client that came over port 1883 are counted by a listener of our own, which goes with the last page.
import { BRIDGE_SOCKET } from '../../port/espruino/own_clients'
import { VERSION } from '../../version'
import type { Visitor } from './visitor'

const TOPIC = '$SYS/broker/dashboard/'
const LOG_TOPIC = '$SYS/broker/log/board'
/** Seconds until the first reports, as who comes must have subscribed, between two, and between those of settings. */
const FIRST_S = 2
const REPORT_S = 5
const RARE_S = 30
/** Characters of lines that wait, and of a text that a client chose. */
const LOG_SIZE_MAX = 1_024
const TEXT_SIZE_MAX = 80

/** Keys of midge.json that anybody may know who reads $SYS. */
const SHOWN = 'hostname,port,max_inflight_messages,max_queued_messages,max_packet_size,max_keepalive,'
  + 'persistent_client_expiration,sys_interval'

// Rows of midge.counters: src/broker/counters.ts.
const RECEIVED = 2
const SENT = 3
const DROPPED = 8
const FULL = 11

interface Engine { memory(isCollected: boolean): { usage: number, total: number }, env: Record<string, string> }

const engine = (): Engine => process as unknown as Engine

let seconds = 0
let isOpen = false
let lines = ''
/** Whose bytes are counted by a listener. */
let counted: Visitor[] = []
/** The engine's own. */
let printLine: typeof print

function bounded(bytes: string | undefined): string | undefined {
  const text = bytes && midge.text(bytes)
  return text && text.length > TEXT_SIZE_MAX ? text.substr(0, TEXT_SIZE_MAX) + '...' : text
}

/** Publishes what the page is told. */
function tell(topic: string, what: unknown): void {
  say(topic, midge.bytes(what))
}

function onBytes(this: Visitor, data: string): void {
  this.received! += data.length
}

/** Counts what comes on the engine's own connections, as others have no listeners, and no more on those that closed. */
function countAll(list: ClientLook[]): void {
  for (const socket of counted) if (socket.sckt === undefined) countEnd(socket)
  counted = counted.filter(socket => socket.sckt !== undefined)
  for (const look of list) {
    const socket = look[0] as Visitor
    if (socket.sckt! < 0 || socket.received !== undefined) continue
    socket.received = 0
    socket.on('data', onBytes)
    counted.push(socket)
  }
}

/** The broker may still have it. */
function countEnd(socket: Visitor): void {
  socket.removeListener('data', onBytes)
  delete socket.received
}

/** Prints a line, and keeps it for the page. */
function lineTake(line: string): void {
  printLine(line)
  if (lines.length < LOG_SIZE_MAX) lines += line + '\n'
}

function printSet(print: typeof lineTake): void {
  (global as unknown as { print: typeof lineTake }).print = print
}

/** Somebody has come: tells all at the next occasion. */
export function reportsBegin(): void {
  seconds = -FIRST_S
  if (isOpen) return
  isOpen = true
  lines = ''
  printLine = print
  printSet(lineTake)
}

function reportsEnd(): void {
  isOpen = false
  printSet(printLine)
  counted.forEach(countEnd)
  counted = []
}

function clients(all: ClientLook[]): object {
  const list = all.filter(look => look[0].sckt! > 0)
  return {
    total: list.length,
    clients: list.map(look => ({
      id: bounded(look[1]), user: bounded(look[2]), version: look[3], heard: look[4] / 1_000 | 0,
      received: (look[0] as Visitor).received, queued: look[5], will: bounded(look[6]),
    })),
  }
}

function numbers(tables: number[]): object {
  const counters = midge.counters
  const told: Record<string, number> = {
    'clients/connected': tables[0], 'clients/total': tables[2], 'subscriptions/count': tables[4],
    'retained messages/count': tables[6], 'store/messages/count': tables[8], queue: midge.queued(),
    variables: engine().memory(false).usage, 'messages/received': counters[RECEIVED], 'messages/sent': counters[SENT],
    'publish/messages/dropped': counters[DROPPED],
  }
  'connections,sessions,subscriptions,messages,queue,retained,packet,transmit'.split(',').forEach((name, row) => {
    told['full/' + name] = counters[FULL + row]
  })
  return told
}

const limits = (tables: number[]): object => ({
  connections: tables[1], sessions: tables[3], subscriptions: tables[5], retained: tables[7], messages: tables[9],
  queue: tables[10], variables: engine().memory(false).total,
})

/** No passwords. */
function settings(all: ClientLook[]): object {
  const told: Record<string, unknown> = {
    version: `Midge ${VERSION}, Espruino ${engine().env.VERSION}`, board: engine().env.BOARD,
    'clients without a user': configuration.users && !configuration.allow_anonymous ? 'refused' : 'let in',
    bridge: all.some(look => look[0].sckt === BRIDGE_SOCKET) ? 'connected' : 'none',
  }
  SHOWN.split(',').forEach((key) => {
    if (configuration[key] !== undefined) told[key] = configuration[key]
  })
  return told
}

function report(): void {
  const tables = room()
  const list = looks()
  countAll(list)
  if (seconds % RARE_S === 0) {
    tell(TOPIC + 'limits', limits(tables))
    tell(TOPIC + 'settings', settings(list))
  }
  tell(TOPIC + 'numbers', numbers(tables))
  tell(TOPIC + 'clients', clients(list))
}

/** A second has passed. */
export function reportsTick(isVisited: boolean): void {
  if (!isVisited) {
    if (isOpen) reportsEnd()
    return
  }
  const told = lines
  lines = ''
  if (told) tell(LOG_TOPIC, told)
  if (++seconds >= 0 && seconds % REPORT_S === 0) report()
}
