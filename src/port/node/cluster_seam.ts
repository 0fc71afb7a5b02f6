// Where a broker that is one with others is asked and told: by the core, for whoever has made it so (cluster/). Bytes
// that are handed over are copies.
import { memory } from '../../memory'
import type { Offset } from '../../kinds'
import { PORT_GO_ON } from '../port'
import { memoryText } from './bytes'
import { portNowMs } from './time'

/** A message that somebody here publishes. */
export interface Published {
  /** '': nobody's. */
  clientIdentifier: string
  /** Of a PUBLISH at QoS 1 or 2; else 0. */
  packetIdentifier: number
  /** QoS and RETAIN as in the fixed header. */
  flags: number
  topicSize: number
  propertiesSize: number
  /** Topic, properties and payload. */
  bytes: Uint8Array
  /** Seconds; 0: it does not expire. */
  expiry: number
}

export interface ClusterSeam {
  /** Answers PORT_GO_ON, or the Reason Code that stands for what became of it. */
  publish(message: Published): number
  filter(filter: string, isWanted: boolean): void
  /** Whether members of a group here get the message in hand; `filter` has `$share/name/` in front. */
  shares(filter: string): boolean
  /** A client that proved who it is wants in: answers SUCCESS, or a Reason Code to refuse it with. */
  claim(clientIdentifier: string): Promise<number>
  /** Whether what clients ask to be kept can be. */
  readonly isReady: boolean
}

/** null: the broker is alone. */
export let clusterSeam: ClusterSeam | null = null

export function clusterSeamSet(seam: ClusterSeam): void {
  clusterSeam = seam
}

export function portPublish(
  clientStart: Offset, clientSize: number, packetIdentifier: number, flags: number, topicStart: Offset,
  topicSize: number, propertiesStart: Offset, payloadStart: Offset, payloadEnd: Offset, expiresAt: number,
): number {
  const bytes = new Uint8Array(topicSize + payloadEnd - propertiesStart)
  bytes.set(memory.subarray(topicStart, topicStart + topicSize))
  bytes.set(memory.subarray(propertiesStart, payloadEnd), topicSize)
  return clusterSeam?.publish({
    clientIdentifier: clientSize < 0 ? '' : memoryText(clientStart, clientSize), packetIdentifier, flags, topicSize,
    propertiesSize: payloadStart - propertiesStart, bytes,
    expiry: expiresAt ? Math.max(1, Math.ceil((expiresAt - portNowMs()) / 1_000)) : 0,
  }) ?? PORT_GO_ON
}

export function portWanted(start: Offset, size: number, isWanted: boolean): void {
  clusterSeam?.filter(memoryText(start, size), isWanted)
}

export function portShares(filterStart: Offset, filterSize: number): boolean {
  return clusterSeam?.shares(memoryText(filterStart, filterSize)) ?? true
}
