// What a board's bridge makes of another broker that does not keep to the standard, which is a script here: the
// connection ends, and nobody else notices.
import { expect, test } from 'vitest'
import { connect, publish, subscribe } from '../support/client'
import { bridged, type Scripted } from './scripted_bridge'

const VERSIONS = ['mqttv50', 'mqttv311']
const CONNACKS = { mqttv50: [0x20, 3, 0, 0, 0], mqttv311: [0x20, 2, 0, 0] } as Record<string, number[]>

async function connected(version: string): Promise<Scripted> {
  const scripted = await bridged(['topic down/# in 1', `bridge_protocol_version ${version}`])
  scripted.peers[0].send(new Uint8Array(CONNACKS[version]))
  await scripted.world.advance(100)
  return scripted
}

/** Whether two clients of the board hear each other. */
async function works({ world }: Scripted): Promise<boolean> {
  const listener = await connect(world, { version: 4 })
  await subscribe(listener, 'own/#')
  await publish(await connect(world), 'own/1', 'hello')
  return (await listener.drain()).length === 1
}

for (const [what, packet] of [
  ['a topic', [0x30, 2, 0, 5, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66]],
  ['a Packet Identifier', [0x32, 3, 0, 1, 0x61, 0, 9]],
] as const) {
  test.each(VERSIONS)(`${what} that reaches over the end of its PUBLISH, in %s`, async (version) => {
    const scripted = await connected(version)
    scripted.peers[0].send(new Uint8Array(packet))
    await scripted.world.advance(500)
    const said = scripted.world.driver.board.output.filter((line) => line.startsWith('bridge'))
    expect(said.at(-1)).toMatch(/^bridge: a PUBLISH is no PUBLISH, next attempt in \d s$/)
    expect(await works(scripted)).toBe(true)
    await scripted.world.advance(3_000)
    expect(scripted.peers.length).toBe(2)
  })
}

test.each(VERSIONS)('a second CONNACK takes no second place here, in %s', async (version) => {
  const scripted = await connected(version)
  for (let i = 0; i < 20; i++) {
    scripted.peers[0].send(new Uint8Array(CONNACKS[version]))
    await scripted.world.advance(100)
  }
  expect(scripted.world.driver.board.output.filter((line) => /^bridge: connected/.test(line)).length).toBe(1)
  expect(await works(scripted)).toBe(true)
})
