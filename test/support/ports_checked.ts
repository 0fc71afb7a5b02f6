// Each port keeps the contract; the tests' own says so itself. Types alone: no bundle has this file.
import type * as espruino from '../../src/port/espruino/index'
import type * as node from '../../src/port/node/index'
import type { Port } from '../../src/port/port'

type Checked<P extends Port> = P

export type Ports = [Checked<typeof espruino>, Checked<typeof node>]
