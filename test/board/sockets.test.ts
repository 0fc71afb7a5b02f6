// What the network does to a board beside carrying packets.

import { describe, it } from 'vitest'
import { boardWorld } from '../support/board_world'
import { connect } from '../support/client'

describe.each(['esp32', 'smallest'] as const)('the sockets of %s', (name) => {
  it('gives back the slot of a client that is gone before it is served', async () => {
    const world = await boardWorld(name)
    for (let i = 0; i < world.board.CONNECTIONS_MAX; i++) world.driver.connect(1883)!.end()
    // Everybody finds room, without waiting for a time-out.
    for (let i = 0; i < world.board.CONNECTIONS_MAX; i++) await connect(world, { version: 4 })
  })
})
