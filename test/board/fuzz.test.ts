// Two senders at a time on the ESP32's own bundle.

import { boardEdition } from '../simulation/board_edition'
import { fuzzTests } from '../simulation/fuzz_seeds'

fuzzTests(boardEdition(), 15)
