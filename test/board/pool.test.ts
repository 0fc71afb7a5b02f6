// The byte pool with the engine's own search: messages at its end.

import { equal } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { boardWorld } from '../support/board_world'
import { connect, publish, receivePublish, subscribe } from '../support/client'

describe('the byte pool of a board', () => {
  // The engine's indexOf takes two free blocks at the end for a run of three: a message there lost its payload.
  test('holds messages in whole when it is used to its end', async () => {
    const board = await boardWorld('esp32')
    const reader = await connect(board, { version: 4 })
    const topics = Array.from({ length: 150 }, (_, index) => `homeassistant/sensor/4/message ${index}`)
    await subscribe(reader, topics.map((topic) => ({ topic, qos: 1 as const })))
    const sender = await connect(board, { version: 4 })
    for (const size of [1, 20, 40, 70]) {
      for (const topic of topics) {
        await publish(sender, topic, topic.padEnd(size), { qos: 1 })
        equal((await receivePublish(reader)).payload.toString(), topic.padEnd(size))
      }
    }
  })
})
