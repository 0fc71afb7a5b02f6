// What a simulation of bridges asks of the broker that has one, whatever it runs on.

/** What a bridge says of itself; of all programs since the simulation began. */
export interface Counts {
  kept: number
  keptBytes: number
  oldestS: number
  sent: number
  dropped: number
  isConnected: boolean
}

export interface Side {
  /** Virtual milliseconds of a step. */
  readonly stepMs: number
  /** When its program started. */
  readonly startedAt: number
  start(): Promise<void>
  /** What bytes that have come lead to has been done. */
  settle(): Promise<void>
  advance(milliseconds: number): Promise<void>
  /** Tells of what has come in. */
  hear(heard: (text: string) => void): Promise<void>
  /** Answers the Reason Code. */
  publish(topic: string, text: string, qos: 1 | 2): Promise<number>
  /** Its power goes, and it starts again with what it has kept. */
  powerCut(): Promise<void>
  /** It has room for nothing more, or has room again; undefined: that cannot be done to it. */
  fill?(isFull: boolean): void
  /** Undefined: it says nothing. */
  readonly counts?: Counts
  end(): Promise<void>
}
