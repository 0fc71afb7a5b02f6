// The library's types of clusters.

export interface ClusterOptions {
  /** The NATS servers, as nats://host:port; one that is reached tells of the others. */
  servers: string[]
  /** What the cluster's streams and subjects begin with, midge unless told; several may share their servers. */
  name?: string
  /** Where clients reach this gateway, host:port: for those that another one sends here. */
  reference?: string
}

/**
 * away: the engine does not answer, and QoS 1 and 2 are refused until it does. good: it does again. `message`:
 * something that has happened besides.
 */
export interface ClusterEvent { state: 'good' | 'away', reason: string, message?: string }

export interface ClusterStatistics {
  /** The engine answers. */
  isReady: boolean
  /** What this gateway is called, and how many there are. */
  node: string, gateways: number
  /** The last entry of the log that it has had; its sessions, and messages that wait for the log. */
  position: number, sessions: number, waiting: number
  /** Entries of the log that shared subscriptions here have, and have not acknowledged. */
  shared: number
  /** Messages that it has put into the log. */
  published: number
}
