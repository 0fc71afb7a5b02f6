// Seeds on the ESP32's own bundle, in the simulated board.

import { simulationTests } from '../simulation/seeds'
import { boardOf } from '../support/board_bundle'
import { boardWorld } from '../support/board_world'

simulationTests({ name: 'esp32', board: boardOf('esp32'), create: (seed) => boardWorld('esp32', {}, seed) })
