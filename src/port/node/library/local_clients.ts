// The program's own clients. A session has one subscription to a filter [MQTT-3.8.4-3], and a handler is a subscription
// of its own: a second one for the same filter belongs to another client, which is made when it is needed and ends when
// its last handler has.
import type { LocalClient } from './local_client'
import type { Message, PublishOptions, SubscribeOptions } from './api'

export class LocalClients {
  private clients: LocalClient[] = []

  constructor(private readonly make: () => LocalClient) {}

  private find(isFit: (client: LocalClient) => boolean): LocalClient {
    this.clients = this.clients.filter(({ isClosed }) => !isClosed)
    const found = this.clients.find(isFit)
    if (found) return found
    const made = this.make()
    this.clients.push(made)
    return made
  }

  publish(topic: string, payload: Uint8Array, options: PublishOptions): Promise<void> {
    // Always the same one, so that messages keep their order.
    return this.find(() => true).publish(topic, payload, options)
  }

  async subscribe(
    filter: string, handler: (message: Message) => void, options: SubscribeOptions,
  ): Promise<() => Promise<void>> {
    const client = this.find((one) => !one.hasFilter(filter))
    const end = await client.subscribe(filter, handler, options)
    return async () => {
      await end()
      // The first one publishes.
      if (client !== this.clients[0] && client.endIdle()) this.clients = this.clients.filter((one) => one !== client)
    }
  }
}
