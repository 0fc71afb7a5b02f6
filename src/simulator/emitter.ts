// `on`, `emit` and their kin: in Espruino methods of every object.

import { listenersOf } from './event_queue'
import type { BoardObject, EventQueue, Listener } from './event_queue'

/** Where a stream keeps data that came before anybody listened. */
export const STREAM_BUFFER = 'buf'

/** The methods, to be hung on the prototype of all objects of a board; `this` is the object. */
export function emitterMethods (queue: EventQueue): Record<string, Listener> {
  function add (target: BoardObject, event: string, listener: Listener, first: boolean): void {
    if (typeof listener !== 'function') throw new TypeError('Second argument must be a function or a String')
    // A new list each time: an event that is running does not see it.
    const listeners = listenersOf(target, event)
    target[`#on${event}`] = first ? [listener, ...listeners] : [...listeners, listener]
    if (event !== 'data' || typeof target[STREAM_BUFFER] !== 'string') return
    queue.push(target, 'data', [target[STREAM_BUFFER]])
    delete target[STREAM_BUFFER]
  }

  return {
    on (this: BoardObject, event, listener) {
      add(this, event as string, listener as Listener, false)
    },
    addListener (this: BoardObject, event, listener) {
      add(this, event as string, listener as Listener, false)
    },
    prependListener (this: BoardObject, event, listener) {
      add(this, event as string, listener as Listener, true)
    },
    // Never at once: the event runs at the end of the pass.
    emit (this: BoardObject, event, ...args) {
      queue.push(this, event as string, args)
    },
    removeListener (this: BoardObject, event, listener) {
      const rest = listenersOf(this, event as string).filter(candidate => candidate !== listener)
      if (rest.length > 0) this[`#on${event}`] = rest
      else delete this[`#on${event}`]
    },
    removeAllListeners (this: BoardObject, event) {
      for (const name of Object.keys(this)) {
        if (event === undefined ? name.startsWith('#on') : name === `#on${event}`) delete this[name]
      }
    },
  }
}
