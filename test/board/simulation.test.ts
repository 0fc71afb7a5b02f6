// Seeds on the ESP32's own bundle, in a simulated board that has joined its owner's Wi-Fi.

import { simulationTests } from '../simulation/seeds'
import { boardOf } from '../support/board_bundle'
import { boardWorld, type BoardWorld } from '../support/board_world'

/** The board is in its network by then, milliseconds. */
const JOINED_MS = 5_000

async function create(seed: number): Promise<BoardWorld> {
  const files = { 'midge.json': '{"wifi_ssid":"home"}' }
  const world = await boardWorld('esp32', {}, seed, files, { home: '' })
  await world.advance(JOINED_MS)
  return world
}

simulationTests({ name: 'esp32', board: boardOf('esp32'), isBoard: true, create })
