// What reached a broker, step by step: enough to run it again without the clients and the network that it came from.

import type { Version } from '../support/peer'
import type { Configuration, MachineFault, World } from '../support/world'

/** Makes a broker that is set up so; `flash` is what one like it left when its power went. */
export type Create = (configuration: Configuration, flash?: Uint8Array) => Promise<World>

export type Step =
  | { kind: 'open', id: number, version: Version }
  /** `broken`: what the client sends breaks the protocol, and its connection must end. */
  | { kind: 'bytes', id: number, hex: string, broken?: boolean }
  /** Bytes of whatever kind, which are judged one by one. */
  | { kind: 'any', id: number, hex: string }
  /** The network of a connection is gone. */
  | { kind: 'drop', id: number }
  /** The client stops reading, and goes on. */
  | { kind: 'slow', id: number }
  | { kind: 'go on', id: number }
  /** The client reads slowly from now on: so many bytes at a time. */
  | { kind: 'sip', id: number }
  | { kind: 'read', id: number, size: number }
  | { kind: 'time', ms: number }
  /** The power is cut and comes back. */
  | { kind: 'restart' }
  /** The broker's own numbers are compared with the model's. */
  | { kind: 'audit' }
  /** Something happens to the broker's machine. */
  | { kind: 'machine', fault: MachineFault }

/** A script as the lines of a test case. */
export const scriptText = (steps: readonly Step[]): string =>
  steps.map((step) => `    ${JSON.stringify(step).replace(/"(\w+)":/g, '$1: ').replaceAll('"', '\'')
    .replace(/,(?=\w)/g, ', ').replace(/^\{/, '{ ').replace(/\}$/, ' }')},`).join('\n')

/** A script says what the oracle cannot judge: a packet where the standard leaves everything open. */
export class Unjudged extends Error {}
