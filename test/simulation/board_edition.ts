// The ESP32 of a home: its bundle in a simulated board that has joined its owner's Wi-Fi.

import { boardOf } from '../support/board_bundle'
import { boardConfiguration } from '../support/board_configuration'
import { boardWorld } from '../support/board_world'
import type { Edition } from './run_simulation'

/** The board is in its network by then, milliseconds. */
const JOINED_MS = 5_000

/** `files` are further ones of its Storage; '.bootcde' stands in for the bundle as it is shipped. */
export const boardEdition = (files: Record<string, string> = {}): Edition => ({
  name: 'esp32',
  board: boardOf('esp32'),
  isBoard: true,
  create: async (seed, configuration) => {
    const given = boardConfiguration('esp32', configuration)['midge.json'] ?? '{}'
    const midge = JSON.stringify({ ...JSON.parse(given) as object, wifi_ssid: 'home' })
    const world = await boardWorld('esp32', {}, seed, { 'midge.json': midge, ...files }, { home: '' })
    await world.advance(JOINED_MS)
    return world
  },
})
