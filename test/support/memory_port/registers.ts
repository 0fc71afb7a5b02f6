// Ends the life of the core's registers, which lasts at most until a call into the core is over: each then holds what
// throws where it is read, so that whoever reads it in a later call fails in the first test that passes there.

import { routeOver } from 'subscriptions/route'
import { publicationOver } from '../../../src/broker/publish/in_hand'
import { listOver } from '../../../src/broker/subscribe/filter_list'
import { acknowledgeOver } from '../../../src/codec/acknowledge'
import { keptPropertiesOver } from '../../../src/codec/application_properties'
import { connectOver } from '../../../src/codec/connect'
import { frameOver } from '../../../src/codec/frame'
import { propertiesOver } from '../../../src/codec/property'
import { publishOver } from '../../../src/codec/publish'
import { readOver } from '../../../src/codec/reader'
import { sharedFilterOver } from '../../../src/codec/shared_filter'
import { filterOver } from '../../../src/codec/topic'
import { packOver } from '../../../src/codec/writer'
import { groupOver } from '../../../src/feature/shared_subscription'

const ENDINGS = {
  acknowledgeOver, connectOver, filterOver, frameOver, groupOver, keptPropertiesOver, listOver, packOver,
  propertiesOver, publicationOver, publishOver, readOver, routeOver, sharedFilterOver,
}

/** What a register holds that is over: whoever makes a number or an index of it, or compares by size, fails. */
const over = (ending: string): never => ({
  [Symbol.toPrimitive]() {
    throw new Error(`a register is read that ${ending} has ended`)
  },
} as never)

export function registersPoison(): void {
  for (const [name, end] of Object.entries(ENDINGS)) end(over(name))
}
