// Seeds on the ESP32's own bundle, in the simulated board.

import { simulationTests } from '../simulation/seeds'
import { boardWorld } from '../support/board_world'

simulationTests((seed) => boardWorld('esp32', {}, seed))
