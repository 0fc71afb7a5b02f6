// Two senders at a time on the ESP32's own bundle.

import { boardEdition } from '../simulation/board_edition'
import { FUZZ_SEEDS_IN_CI, fuzzTests } from '../simulation/fuzz_seeds'

fuzzTests(boardEdition(), FUZZ_SEEDS_IN_CI.slice(0, 15))
