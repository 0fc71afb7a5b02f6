// Who is on the page's port, from the first who comes to the last who goes. Everything here is made by visitorsBegin
// and goes with it: nothing outside may hold on to it, a closed connection neither.
//
// Memory: VISITORS_MAX connections, of a request some lines, of a WebSocket what one of port 1883 takes and a little.
// Invariant: of the firmware's sockets no more than VISITORS_MAX are this port's, and who does not use one loses it.
import { framesTake } from './frames'
import { reportsBegin, reportsTick } from './reports'
import { answer, refuse } from './request'
import { headNew, headTake } from './request_head'
import { PATIENCE_S, type Visitor, drop } from './visitor'

const VISITORS_MAX = 4
/** Of them, who are clients of the broker. */
const WEB_SOCKETS_MAX = 2
/** Variables of the engine that must be free for another one. */
const VARIABLES_FREE_MIN = 400
const TICK_MS = 1_000

interface Engine { memory(isCollected: boolean): { free: number } }

let visitors: Visitor[] = []
let packetWrite: Visitor['write']
let leave: () => void
let timer: NodeJS.Timeout | undefined

const isThere = (visitor: Visitor): boolean => visitor.sckt !== undefined

const isWebSocket = (visitor: Visitor): boolean => !!visitor.frames

function onData(this: Visitor, data: string): void {
  const head = this.head
  if (this.frames) {
    this.received! += data.length
    framesTake(this, data)
  }
  // What follows a request that was answered is nobody's.
  if (!head) return
  const end = headTake(head, data)
  if (!end) return
  delete this.head
  this.left = PATIENCE_S
  if (end < 0) return refuse(this, '431 Request Header Fields Too Large')
  answer(this, head, visitors.filter(isThere).filter(isWebSocket).length < WEB_SOCKETS_MAX ? packetWrite : undefined)
  if (!this.frames) return
  reportsBegin()
  const rest = data.substr(end)
  if (rest) framesTake(this, rest)
}

/** Errors end in 'close'; without a handler they would be printed as uncaught. */
function onError(): void {}

/** Of a connection that the broker still has: that it holds on to nothing of ours. */
function forget(visitor: Visitor): void {
  for (const key of '#ondata,#ondrain,#onerror,write,end,on,put,leave,take,head,frames'.split(',')) {
    delete (visitor as unknown as Record<string, unknown>)[key]
  }
}

/** Once a second while there is somebody. */
function tick(): void {
  for (const visitor of visitors) if (!isThere(visitor)) forget(visitor)
  visitors = visitors.filter(isThere)
  for (const visitor of visitors) if (visitor.left && !--visitor.left) drop(visitor)
  reportsTick(visitors.some(isWebSocket))
  if (visitors.length || !timer) return
  clearInterval(timer)
  timer = undefined
  leave()
}

/** Who asks for nothing gives his place to the next one. */
function onVisitor(visitor: Visitor): void {
  const present = visitors.filter(isThere)
  const idle = present.filter(one => !one.frames)[0]
  const isFull = present.length >= VISITORS_MAX
  if (isFull && idle) drop(idle)
  if (isFull && !idle
    || (process as unknown as Engine).memory(false).free < VARIABLES_FREE_MIN) return visitor.end()
  visitor.left = PATIENCE_S
  visitor.head = headNew()
  visitor['#onerror'] = onError
  visitor.on('data', onData)
  visitors.push(visitor)
  if (!timer) timer = setInterval(tick, TICK_MS)
}

/**
 * Answers what takes visitors, with `write` as the `write` of a WebSocket; `onEmpty` is called when the last one has
 * gone.
 */
export function visitorsBegin(write: Visitor['write'], onEmpty: () => void): (visitor: Visitor) => void {
  packetWrite = write
  leave = onEmpty
  return onVisitor
}
