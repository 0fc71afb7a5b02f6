// Who a client of a year's home is.
export interface Terms {
  clientId: string
  version: 4 | 5
  /** Seconds. */
  keepalive: number
  /** Its session outlives its connection for so many seconds. */
  expiry?: number
  will?: { topic: string, payload: string }
  /** A SUBSCRIBE each. */
  subscriptions: { filters: string[], qos: 0 | 1 | 2 }[]
  /** At rest for so long when the board is there again, milliseconds. */
  lateMs: number
}
