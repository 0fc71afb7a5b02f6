// A simulated board with a bridge to a broker that is a script: it answers what a test has it answer.
import type { Peer as SimulatorPeer } from '../../src/simulator/peer'
import { boardWorld, type BoardWorld } from '../support/board_world'
import { BRIDGE_EXTENSION } from '../support/extensions'
import { frameDecode, frameSize } from '../support/frame'
import type { AnyPacket } from '../support/peer'

const HOST = '10.0.0.2'

export interface Scripted {
  world: BoardWorld
  /** The connections to the other broker, in the order in which they were made. */
  peers: SimulatorPeer[]
}

/** A board with a bridge, a second after its start. */
export async function bridged(lines: string[], port = 1883, more: Record<string, string> = {}): Promise<Scripted> {
  const bridge = [`address ${HOST}`, 'remote_clientid attic', 'notifications false', ...lines]
  const files = { 'midge.json': JSON.stringify({ bridge }), ...BRIDGE_EXTENSION, ...more }
  const world = await boardWorld('esp32', {}, 8, files)
  const peers: SimulatorPeer[] = []
  world.driver.serve(HOST, port, (peer) => peers.push(peer))
  await world.advance(1_500)
  return { world, peers }
}

/** What comes on the newest connection to the other broker, until nothing more does. */
export async function arrived({ world, peers }: Scripted, version: 4 | 5 = 5): Promise<AnyPacket[]> {
  const peer = peers.at(-1)!
  const pieces: Uint8Array[] = []
  for (let quiet = 0; quiet < 10; quiet++) {
    await world.advance(50)
    const piece = peer.take()
    if (piece.length) quiet = 0
    pieces.push(piece)
  }
  return packetsOf(Buffer.concat(pieces), version)
}

/** The packets of a chunk; of which version they are a CONNECT says. */
export function packetsOf(bytes: Uint8Array, version: 4 | 5 = 5): AnyPacket[] {
  const found: AnyPacket[] = []
  for (let at = 0; at < bytes.length;) {
    const size = frameSize(bytes.subarray(at))
    found.push(frameDecode(bytes.subarray(at, at + size), version) as AnyPacket)
    at += size
  }
  return found
}
