// What the core tells, as events that a program listens to.
import type { EventEmitter } from 'node:events'
import type { createBroker } from 'midge-mqtt'
import type { BrokerEvents } from './api'

/** Events of the core that a program hears, by the name it knows them by. */
const EVENTS: Record<string, keyof BrokerEvents | undefined> = {
  connected: 'connect', closed: 'disconnect', refused: 'refused', publishRefused: 'publishRefused', full: 'full',
}

/**
 * Has `broker` emit what happens in `instance`. The core is in the middle of something: who listens may call it, and so
 * hears of it afterwards. What is only made for who asks for it begins when somebody does. `clientChanged` hears at
 * once who has come and gone.
 */
export function eventsWire(
  broker: EventEmitter<BrokerEvents>, instance: ReturnType<typeof createBroker>,
  clientChanged: (clientIdentifier: string, isConnected: boolean) => void,
): void {
  instance.auditTo((event) => {
    if (broker.listenerCount('audit')) queueMicrotask(() => broker.emit('audit', event))
  })
  instance.eventsTo(({ event, number: _number, ...rest }) => {
    if (event === 'connected' || event === 'closed') clientChanged(rest.clientIdentifier ?? '', event === 'connected')
    const name = EVENTS[event]
    if (name) queueMicrotask(() => (broker as EventEmitter).emit(name, rest))
  })
  const hears = (name: unknown): void => {
    if (name === 'trace') instance.traceTo((event) => queueMicrotask(() => broker.emit('trace', event)))
  }
  (broker as EventEmitter).on('newListener', hears)
}
