// A board that is updated over the air by one of its clients: virtual time, and what the board prints.
import type { IPublishPacket } from 'mqtt-packet'
import { ANSWER_TOPIC } from '../../src/flash/slot_layout'
import { OverTheAir, type UpdateCarrier, type UpdateUser } from '../../src/flash/over_the_air'
import { bytesOfText } from '../../src/simulator/latin1'
import { BoardWorld } from '../support/board_world'
import { connect, publish, subscribe } from '../support/client'
import { distExtensions } from '../support/extensions'
import type { Peer } from '../support/peer'

export const ANNA: UpdateUser = { name: 'anna', password: 'correct horse' }
export const OTTO: UpdateUser = { name: 'otto', password: 'battery staple' }
export const SETTINGS = { users: { anna: ANNA.password, otto: OTTO.password }, update: ['anna'] }

/** Makes a board that may be updated; `files` stand beside its program, `flash` is what another board left. */
export async function updateWorld(files: Record<string, string> = {}, flash?: Uint8Array): Promise<BoardWorld> {
  const settings = JSON.parse(files['midge.json'] ?? JSON.stringify(SETTINGS)) as Record<string, unknown>
  // The broker that the cable brought is what it is there too: nothing is written.
  const given = flash ? files : { 'midge.json': JSON.stringify(settings), ...await distExtensions(settings), ...files }
  let seed = 1
  const random = (): number => (seed = seed * 16_807 % 2_147_483_647) / 2_147_483_647
  return new BoardWorld('esp32', random, given, {}, flash)
}

/** A client of the board that carries an update; `lose` says of what it publishes what is lost on the way. */
export async function carrierOf(
  world: BoardWorld, user: UpdateUser, lose: (topic: string) => boolean = () => false,
): Promise<{ carrier: UpdateCarrier, peer: Peer }> {
  const peer = await connect(world, { username: user.name, password: user.password })
  await subscribe(peer, ANSWER_TOPIC)
  let hear: (payload: string) => void = () => undefined
  const carrier: UpdateCarrier = {
    publish: async (topic, payload) => {
      if (!lose(topic)) await publish(peer, topic, payload)
      // Pages are erased one in a pass.
      await world.advance(20)
      const packets = (await peer.drain()).filter(({ cmd }) => cmd === 'publish') as IPublishPacket[]
      for (const packet of packets) hear(String(packet.payload))
    },
    onAnswer: (callback) => { hear = callback },
  }
  return { carrier, peer }
}

/** Sends a program; answers its number. */
export async function update(world: BoardWorld, program: string, user = ANNA): Promise<number> {
  const { carrier } = await carrierOf(world, user)
  return new OverTheAir(carrier).send(bytesOfText(program), user, () => undefined)
}

/** Lines that a board has printed which begin so. */
export const printed = (world: BoardWorld, pattern: RegExp): string[] =>
  world.driver.board.output.filter((line) => pattern.test(line))
