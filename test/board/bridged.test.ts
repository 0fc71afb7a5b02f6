// Bridged homes around the ESP32's own bundle: see test/simulation/bridged/bridged_home.ts.

import { boardOf } from '../support/board_bundle'
import { BoardSide } from '../simulation/bridged/board_side'
import { bridgedTests } from '../simulation/bridged/bridged_seeds'

/** What the board's network holds, and the program in front of it: three times the credit of a client. */
const WAITING_MAX = 12_000
/** Bytes of a large message: several times a client's credit, which go in pieces. */
const LARGE_MAX = 20_000

/** Half of the homes have a bridge of 5.0. */
const linesOf = (seed: number): string[] =>
  ['topic out/# out 2', 'topic in/# in 2', ...seed % 2 ? [] : ['bridge_protocol_version mqttv311']]

bridgedTests({
  name: 'esp32',
  terms: (seed) => ({
    queueMax: boardOf('esp32').QUEUE_MAX, bytesMax: Infinity, policy: 'newest', largeMax: LARGE_MAX,
    waitingMax: WAITING_MAX,
    side: (line, nowMs) => new BoardSide(
      seed, line, { lines: linesOf(seed), clientIdentifier: 'here' }, 'in/#', nowMs),
  }),
})
