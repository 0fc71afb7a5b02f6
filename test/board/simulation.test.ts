// Seeds on the ESP32's own bundle.

import { boardEdition } from '../simulation/board_edition'
import { simulationTests } from '../simulation/seeds'

simulationTests(boardEdition())
