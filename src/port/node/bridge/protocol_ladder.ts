// Which version a bridge speaks: 5.0 first, and lower where the other broker refuses it; in the old ones first as a
// bridge, then as anybody.
import type { ProtocolVersion } from '../../../client/connect_packet'

export interface Step {
  version: ProtocolVersion
  isBridge: boolean
}

/** Connections that are closed for a CONNECT before the next step is tried: a broker should answer, but not all do. */
const SILENT_MAX = 3

export class ProtocolLadder {
  private readonly steps: Step[]
  private index = 0
  private silentCount = 0
  /** It went down because nobody answered, which may have had another reason. */
  private isGuess = false

  constructor(version: ProtocolVersion | undefined, isPrivate: boolean) {
    const versions: ProtocolVersion[] = version === undefined ? [5, 4] : [version]
    this.steps = versions.flatMap((each): Step[] => each === 5 || !isPrivate
      ? [{ version: each, isBridge: false }]
      : [{ version: each, isBridge: true }, { version: each, isBridge: false }])
  }

  get step(): Step {
    return this.steps[this.index]
  }

  /** The broker refuses the version. Answers whether there is another one to try at once. */
  refused(): boolean {
    this.silentCount = 0
    this.isGuess = false
    this.index = (this.index + 1) % this.steps.length
    return this.index > 0
  }

  /** The broker, or who stands in front of it, has closed the connection for the CONNECT. */
  silent(): void {
    if (++this.silentCount < SILENT_MAX) return
    this.silentCount = 0
    this.index = (this.index + 1) % this.steps.length
    this.isGuess = this.index > 0
  }

  accepted(): void {
    this.silentCount = 0
  }

  /** A connection that was accepted has ended. */
  ended(): void {
    if (this.isGuess) this.index = 0
    this.isGuess = false
  }
}
