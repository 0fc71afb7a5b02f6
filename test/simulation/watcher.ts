// Who hears what a broker does on the connections of a home.

export interface Watcher {
  /** The broker sent a packet on a connection. */
  sent(id: number, bytes: Uint8Array): void
  /** The broker closed a connection. */
  closed(id: number): void
}
