// Who comes when every place is taken: connections come before the ends of others that came earlier, in one turn of the
// event loop, so that a place may be free already and nobody has said so.

/** Connections that may wait for a place at a time, and how long one does, milliseconds. */
const HELD_MAX = 1_024
const HELD_MS_MAX = 100
/** Milliseconds between two looks. */
const LOOK_MS = 5

let heldCount = 0

/** Calls `take` as soon as there is a place, or `refuse` where none has come free in time. */
export function admit(hasPlace: () => boolean, take: () => void, refuse: () => void): void {
  if (hasPlace()) return take()
  if (heldCount === HELD_MAX) return refuse()
  heldCount++
  const until = performance.now() + HELD_MS_MAX
  const look = (): void => {
    const isFree = hasPlace()
    if (!isFree && performance.now() < until) return void setTimeout(look, LOOK_MS)
    heldCount--
    if (isFree) take()
    else refuse()
  }
  setImmediate(look)
}
