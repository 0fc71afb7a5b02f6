// MQTT.js as the tests use it: one connection that is not made again by itself, and messages in a list.
import mqtt, {
  type IClientOptions, type IClientPublishOptions, type IClientSubscribeOptions, type IConnackPacket,
  type IPublishPacket, type MqttClient,
} from 'mqtt'
import type { Version } from '../support/peer'
import { PATIENCE_MS } from '../support/patience'

export const VERSIONS: { version: Version, name: string }[] = [
  { version: 3, name: '3.1' }, { version: 4, name: '3.1.1' }, { version: 5, name: '5.0' },
]

/** How long MQTT.js is given for packets that came before the end of their connection. */
const AFTER_CLOSE_MS = 5_000

export class Client {
  readonly messages: { topic: string, payload: Buffer, packet: IPublishPacket }[] = []
  private onMessage: () => void = () => {}

  connack!: IConnackPacket

  constructor(readonly mqtt: MqttClient) {
    // One for each answer that is waited for.
    mqtt.setMaxListeners(0)
    mqtt.on('message', (topic, payload, packet) => {
      this.messages.push({ topic, payload, packet })
      this.onMessage()
    })
  }

  /** Payloads as text, in the order of their arrival. */
  get texts(): string[] {
    return this.messages.map(({ payload }) => payload.toString())
  }

  /** Waits until `count` messages have arrived in all. */
  received(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error(`${this.messages.length} of ${count} messages came`))
      const timer = setTimeout(fail, PATIENCE_MS)
      this.onMessage = () => {
        if (this.messages.length < count) return
        clearTimeout(timer)
        resolve()
      }
      this.onMessage()
    })
  }

  /** Publishes and waits for the acknowledgement of its QoS. */
  async publish(topic: string, payload: string | Buffer, options: IClientPublishOptions = {}): Promise<void> {
    await this.whileOpen(this.mqtt.publishAsync(topic, payload, options))
  }

  /** Answers the granted codes. */
  async subscribe(filters: string | string[], options: IClientSubscribeOptions): Promise<number[]> {
    const grants = await this.whileOpen(this.mqtt.subscribeAsync(filters, options))
    return grants.map(({ qos }) => qos)
  }

  /**
   * What MQTT.js promises, or an error when the connection ends before: MQTT.js waits for the next one. What came just
   * before the end is still read after it.
   */
  private async whileOpen<T>(promise: Promise<T>): Promise<T> {
    let close: () => void
    let timer: NodeJS.Timeout
    const closed = new Promise<never>((_, reject) => {
      close = () => {
        timer = setTimeout(() => reject(new Error('the connection was closed before the answer')), AFTER_CLOSE_MS)
      }
      this.mqtt.once('close', close)
    })
    return Promise.race([promise, closed]).finally(() => {
      this.mqtt.off('close', close)
      clearTimeout(timer)
    })
  }

  /** DISCONNECT, and the end of the connection. */
  async end(): Promise<void> {
    await this.mqtt.endAsync()
  }

  /** The network is lost: no DISCONNECT. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.mqtt.once('close', () => resolve(null)))
    this.mqtt.stream.destroy()
    await closed
    await this.mqtt.endAsync(true)
  }
}

const open = new Set<MqttClient>()

/** Connects. What a session held may come in one piece with the CONNACK: the client takes messages before that. */
export function connect(url: string, version: Version, options: IClientOptions = {}): Promise<Client> {
  const mqttClient = mqtt.connect(url, {
    protocolVersion: version, protocolId: version === 3 ? 'MQIsdp' : 'MQTT', reconnectPeriod: 0, ...options,
  })
  open.add(mqttClient)
  const client = new Client(mqttClient)
  return new Promise((resolve, reject) => {
    mqttClient.once('error', reject)
    mqttClient.once('close', () => reject(new Error('the connection was closed')))
    mqttClient.once('connect', (connack) => {
      client.connack = connack
      resolve(client)
    })
  })
}

/** Ends every client that a test left; for afterEach. */
export async function clientsEnd(): Promise<void> {
  const left = [...open]
  open.clear()
  await Promise.all(left.map((client) => client.endAsync(true)))
}
