// The gateway as a library. The build makes this whole program the body of `createBroker`: each call is a broker with
// tables of its own.
import { SERVER_SHUTTING_DOWN } from '../../codec/reason_code'
import { accessRuleAdd, brokerStart, brokerStop, brokerTick, counters, settings } from '../../main'
import { authenticationMethodsSet } from './authentication_method'
import { judgeConfigure } from './judge'
import { attach, listen, listenersClose } from './listener'
import { logTo } from './log'
import { portNowMs } from './time'
import { linksOpen } from './transmit'

/** Milliseconds between two looks at the timers: nothing is later than that. */
const TICK_MS = 250
/** Milliseconds that clients have to take their last bytes when the broker ends. */
const STOP_MS_MAX = 2_000

let timer: NodeJS.Timeout | null = null

/** Starts the broker; call it before anything else, once. */
function start(): void {
  brokerStart()
  timer = setInterval(() => brokerTick(portNowMs()), TICK_MS)
}

/** Ends it: tells 5.0 clients that the server shuts down, and waits until they have heard it or do not listen. */
async function stop(): Promise<void> {
  listenersClose()
  const streams = linksOpen().map((link) => link.stream)
  brokerStop(SERVER_SHUTTING_DOWN)
  if (timer) clearInterval(timer)
  const allClosed = Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('close', resolve))))
  let limit: NodeJS.Timeout | undefined
  await Promise.race([allClosed, new Promise((resolve) => limit = setTimeout(resolve, STOP_MS_MAX))])
  clearTimeout(limit)
  for (const stream of streams) stream.destroy()
}

export {
  accessRuleAdd, attach, authenticationMethodsSet, counters, judgeConfigure, listen, logTo, settings, start, stop,
}
