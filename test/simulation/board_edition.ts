// The ESP32 of a home: its bundle in a simulated board that has joined its owner's Wi-Fi.

import { boardOf } from '../support/board_bundle'
import { boardConfiguration } from '../support/board_configuration'
import { boardWorld } from '../support/board_world'
import { JOINED_MS } from './machine'
import type { Edition } from './run_simulation'

/** `files` are further ones of its Storage; '.bootcde' stands in for the bundle as it is shipped. */
export const boardEdition = (files: Record<string, string> = {}): Edition => ({
  name: 'esp32',
  board: boardOf('esp32'),
  isBoard: true,
  create: async (seed, configuration, flash) => {
    const given = boardConfiguration('esp32', configuration)['midge.json'] ?? '{}'
    // What is retained at QoS 0 is kept at once too: the oracle needs not know when.
    const midge = JSON.stringify({ ...JSON.parse(given) as object, wifi_ssid: 'home', persist: ['always #'] })
    const world = await boardWorld('esp32', {}, seed, { 'midge.json': midge, ...files }, { home: '' }, flash)
    // For one that starts again the oracle lets as much time pass.
    if (!flash) await world.advance(JOINED_MS)
    return world
  },
})
