// A board's bridge whose other broker has no room for a message while more are under way: what that answers behind it
// in the same chunk is of a connection that was left, and what it is asked again comes alone.
import { expect, test } from 'vitest'
import { connect, publish, subscribe } from '../support/client'
import { arrived, bridged } from './scripted_bridge'

const QUOTA_EXCEEDED = 0x97
const connack = (isPresent: boolean): Uint8Array => new Uint8Array([0x20, 3, +isPresent, 0, 0])

for (const [qos, type] of [[1, 0x40], [2, 0x50]] as const) {
  test(`is left for the first refusal, and hears of nothing behind it, at QoS ${qos}`, async () => {
    const scripted = await bridged(['topic up/# out 2', 'notifications true'])
    const { world, peers } = scripted
    const answers = (list: [identifier: number, code: number][]): void =>
      peers.at(-1)!.send(new Uint8Array(list.flatMap(([identifier, code]) => [type, 3, 0, identifier, code])))
    peers[0].send(connack(false))
    const sensor = await connect(world)
    for (const text of ['a', 'b', 'c', 'd']) await publish(sensor, 'up/1', text, { qos })
    await arrived(scripted)
    answers([[1, 0], [2, QUOTA_EXCEEDED], [3, 0], [4, QUOTA_EXCEEDED]])
    await world.advance(100)
    const told = world.driver.board.output.filter((line) => line.includes('no room there'))
    expect(told).toHaveLength(1)
    await world.advance(5_000)
    expect(peers).toHaveLength(2)
    peers[1].take()
    peers[1].send(connack(true))
    const again = (await arrived(scripted)).filter(({ topic }) => !String(topic).startsWith('$SYS'))
    const alone = ['publish', 2, qos, true, 'b']
    const first = qos > 1 ? [['pubrel', 1, 1, false, undefined]] : []
    expect(again.map(({ cmd, messageId, qos, dup, payload }) => [cmd, messageId, qos, dup, payload?.toString()]))
      .toEqual([...first, alone])
    const look = await connect(world, { version: 4 })
    await subscribe(look, '$SYS/broker/connection/attic/+')
    await world.advance(10_000)
    const said = Object.fromEntries(
      (await look.drain()).map(({ topic, payload }) => [topic.split('/').at(-1), String(payload)]))
    expect(said).toMatchObject(qos > 1 ? { kept: '4', sent: '0' } : { kept: '3', sent: '1' })
  })
}
