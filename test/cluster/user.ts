// A client of these tests: it keeps what comes.
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'

export interface Came { topic: string, payload: string, qos: number, retain: boolean, dup: boolean }

export class User {
  readonly came: Came[] = []
  isSessionPresent = false
  /** What the broker said when it ended the connection. */
  disconnect: { reasonCode?: number, properties?: { serverReference?: string } } | null = null
  private constructor (readonly client: MqttClient) {}

  /** Connects; rejects with the Reason Code where it is refused. */
  static connect (port: number, clientId: string, options: IClientOptions = {}): Promise<User> {
    const client = mqtt.connect({
      host: '127.0.0.1', port, protocol: 'mqtt', clientId, protocolVersion: 5, reconnectPeriod: 0,
      connectTimeout: 60_000, ...options,
    })
    const user = new User(client)
    client.on('message', (topic, payload, { qos, retain, dup }) =>
      user.came.push({ topic, payload: payload.toString(), qos, retain, dup }))
    client.on('disconnect', packet => { user.disconnect = packet })
    return new Promise((resolve, reject) => {
      client.once('connect', ({ sessionPresent }) => {
        user.isSessionPresent = sessionPresent
        client.on('error', () => undefined)
        resolve(user)
      })
      client.once('error', reject)
      client.once('close', () => reject(new Error('the connection is over')))
    })
  }

  get payloads (): string[] {
    return this.came.map(({ payload }) => payload)
  }

  /** Goes without a word. */
  cut (): void {
    this.client.stream.destroy()
    this.client.end(true)
  }

  async leave (): Promise<void> {
    await this.client.endAsync()
  }
}

/** A session that stays. */
export const KEPT: IClientOptions = { clean: false, properties: { sessionExpiryInterval: 300 } }

export const PATIENCE = { timeout: 60_000, interval: 10 }
