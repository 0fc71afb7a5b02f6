// What every kind of inhabitant is made of.

import type { Client } from './client'
import type { Home } from './home'

export interface Actor {
  name: string
  start(home: Home, index: number): void
}

/** Does something again and again while the client is connected, beginning with each connection. */
export function often(client: Client, milliseconds: number, run: () => void): void {
  const turn = (): void => {
    run()
    client.later(client.home.around(milliseconds), turn)
  }
  const before = client.onConnected
  client.onConnected = () => {
    before()
    client.later(client.home.around(milliseconds), turn)
  }
}
