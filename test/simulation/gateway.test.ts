// Seeds on the gateway's core.

import { memoryWorld } from '../support/memory_world'
import { simulationTests } from './seeds'

simulationTests((seed) => memoryWorld('host', {}, seed))
