// Which message is given up, as the other broker closes the connection for it.
import { expect, it } from 'vitest'
import { Suspicion } from '../../../src/port/node/bridge/suspicion'

const MESSAGE = 7

/** The other broker closes the connection so often, so many milliseconds after the message came. */
function closedFor (times: number, milliseconds: number): Suspicion {
  const suspicion = new Suspicion()
  for (let i = 0; i < times; i++) suspicion.closed([MESSAGE], false, milliseconds, undefined)
  return suspicion
}

it('one for which the connection is closed at once is given up when it was alone three times', () => {
  expect(closedFor(4, 50).isGivenUp(MESSAGE)).toBe(false)
  expect(closedFor(5, 50).isGivenUp(MESSAGE)).toBe(true)
})

it('one that waits for room until a broker of 3.1.1 closes the connection is not', () => {
  expect(closedFor(100, 30_000).isGivenUp(MESSAGE)).toBe(false)
})
