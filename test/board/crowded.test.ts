// A board whose pool is full of what could lie in records as well: what could not still has room.
import { deepEqual, equal, match } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { boardWorld, type BoardWorld } from '../support/board_world'
import { field, packet, properties, TYPE, uint16 } from '../support/bytes'
import { connect, publish, subscribe } from '../support/client'
import type { Peer } from '../support/peer'

/** Values that are never written fill the pool as far as messages may. */
async function crowdedBoard(): Promise<BoardWorld> {
  const files = { 'midge.json': JSON.stringify({ persist: ['never value/#'] }) }
  const board = await boardWorld('esp32', {}, undefined, files)
  const publisher = await connect(board, { version: 5 })
  for (let i = 0; i < 64; i++) await publish(publisher, `value/${i}`, 'x'.repeat(40), { retain: true })
  return board
}

describe('a board that is crowded', () => {
  test('keeps the Will of each of its clients', async () => {
    const board = await crowdedBoard()
    const reader = await connect(board, { version: 5 })
    await subscribe(reader, [{ topic: 'tele/#', qos: 1 }])
    const devices = []
    for (let i = 0; i < 8; i++) {
      const will = { topic: `tele/lamp_${i}/LWT`, payload: Buffer.from('Offline'), qos: 1 as const, retain: true }
      devices.push(await connect(board, { version: 4, will }))
    }
    for (const [i, device] of devices.entries()) {
      await device.drop()
      const { topic, payload, messageId } = await reader.receive('publish')
      deepEqual([topic, payload.toString()], [`tele/lamp_${i}/LWT`, 'Offline'])
      await reader.send({ cmd: 'puback', messageId })
    }
  })

  test('goes on where there is no room for what it tells of itself', async () => {
    const board = await crowdedBoard()
    const reader = await connect(board, { version: 5 })
    await subscribe(reader, [{ topic: '$SYS/#', qos: 0 }])
    const halves: Peer[] = []
    for (let i = 0; i < 6; i++) halves.push(await connect(board, { version: 4 }))
    // Names, and halves of packets, take the rest.
    const properties = { sessionExpiryInterval: 600 }
    for (let i = 0; i < 6; i++) {
      const away = await connect(board, { version: 5, clientId: 'away'.repeat(15) + i, properties })
      await away.send({ cmd: 'disconnect' })
    }
    for (const [i, size] of [370, 370, 200, 100, 50, 50].entries()) {
      await halves[i].send(packet(TYPE.publish, 0, field('half'), field('x'.repeat(400))).slice(0, size))
    }
    await reader.drain()
    await board.advance(30_000)
    for (const half of halves) if (!half.isClosed) await half.drop()
    await board.advance(30_000)
    const values = (await reader.drain()).filter(({ topic }) => topic === '$SYS/broker/uptime')
    equal(values.length > 0, true)
    for (const { payload } of values) match(payload.toString(), /^\d+ seconds$/)
    await board.close()
  })

  test('has room in one piece for what comes byte by byte while others come and go', async () => {
    const board = await crowdedBoard()
    const slow = await connect(board, { version: 5 })
    const names = []
    const bytes = packet(TYPE.publish, 2, field('slow'), uint16(1), properties(), [...'x'.repeat(360)].map(() => 0x78))
    // Each byte has what has come moved to another place of the pool, and between two of them stays a client.
    for (const [at, byte] of bytes.entries()) {
      await slow.send([byte])
      if (at % 24 === 12 && names.length < 12) {
        const away = await connect(board, { version: 4, clientId: `away_${at}`, clean: false })
        await away.send({ cmd: 'disconnect' })
        names.push(away)
      }
    }
    equal((await slow.receive('puback')).messageId, 1)
  })
})
