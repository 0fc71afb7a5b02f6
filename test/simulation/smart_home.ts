// A home as it is read about: Zigbee2MQTT with its list of devices and what it tells Home Assistant about each, all of
// it retained, and Home Assistant and a page that read it. Shapes and sizes are those of such homes, values made up.

import type { QoS } from 'mqtt-packet'
import { isSmall } from '../support/small_board'
import { often, type Actor } from './actor'
import { Client } from './client'
import { subscription, terms } from './client_terms'
import type { Home } from './home'

/** Bytes of the list of devices, and of what is told about one of them. */
const LISTS = [25_000, 60_000, 120_000]
const DISCOVERIES = [500, 900, 2_000]
const STATES = [60, 150, 300]
/** Filters that Home Assistant sends in one SUBSCRIBE. */
const BATCH = 500
/** Filters of a device: its state, what it can be told, and whether it is there. */
const FILTERS_OF_DEVICE = 3

const devicesOf = ({ oracle: { board } }: Home): number => isSmall(board) ? 40 : 200
const nameOf = (device: number): string => `0x00158d0001${String(device).padStart(6, '0')}`

/** 3.1.1: the list when it starts and when a device has joined, discovery of all, and states again and again. */
function zigbee2Mqtt(home: Home, index: number): void {
  const { random, oracle: { board } } = home
  // Where messages of this size do not fit, there is no such home; and one of it is enough for a board.
  if (board.PACKET_SIZE_MAX <= Math.max(...LISTS)) return
  if (isSmall(board) && home.clients.some(({ terms: { clientId } }) => clientId.includes('zigbee2mqtt'))) return
  // What the engine has no memory for, it cannot hand on.
  if (home.swarm.faults.some(({ name }) => name === 'memory low')) return
  const client = new Client(home, terms({
    clientId: `zigbee2mqtt-${index}`,
    will: { topic: 'zigbee2mqtt/bridge/state', payload: '' as never, qos: 1, retain: true },
    subscriptions: [subscription('zigbee2mqtt/+/set', 1), subscription('zigbee2mqtt/bridge/request/#')],
  }))
  const text = (size: number): string => home.payload() + ','.repeat(size)
  const list = (): void => client.publish('zigbee2mqtt/bridge/devices', text(random.pick(LISTS)), 0, true)
  const tell = (device: number): void => {
    const topic = `homeassistant/device/${nameOf(device)}/config`
    client.publish(topic, random.oneIn(30) ? '' : text(random.pick(DISCOVERIES)), 1, true)
  }
  const measure = (): void =>
    client.publish(`zigbee2mqtt/${nameOf(random.below(devicesOf(home)))}`, text(random.pick(STATES)), 0, true)
  client.onConnected = () => {
    client.publish('zigbee2mqtt/bridge/state', home.payload(), 1, true)
    list()
    for (let device = 0; device < devicesOf(home); device++) client.later(device * 50, () => tell(device))
  }
  often(client, 5_000, measure)
  often(client, 60_000, () => tell(random.below(devicesOf(home))))
  often(client, 900_000, list)
  often(client, 900_000, () => client.vanish(home.around(20_000)))
  client.connect()
}

/** 5.0: discovery with wildcards, then the topics of each device, hundreds in one packet; tells devices what to do. */
function homeAssistantOf2027(home: Home, index: number): void {
  const { random, oracle: { board } } = home
  const filters = Array.from({ length: Math.min(200, Math.floor(board.SUBSCRIPTIONS_MAX / 4 / FILTERS_OF_DEVICE)) },
    (_, device) => [`zigbee2mqtt/${nameOf(device)}`, `zigbee2mqtt/${nameOf(device)}/set`,
      `zigbee2mqtt/${nameOf(device)}/availability`]).flat()
  const client = new Client(home, terms({
    clientId: `homeassistant2027-${index}`, version: 5,
    will: { topic: 'homeassistant/status', payload: '' as never, qos: 0 },
    subscriptions: [subscription('homeassistant/+/+/config'), subscription('homeassistant/+/+/+/config')],
  }))
  client.onConnected = () => {
    client.publish('homeassistant/status', home.payload(), 0)
    for (let at = 0; at < filters.length; at += BATCH) {
      const batch = filters.slice(at, at + BATCH).map((filter) => subscription(filter, random.below(2) as QoS))
      client.later(1_000 + at, () => client.subscribe(batch))
    }
  }
  often(client, 30_000, () => client.publish(`zigbee2mqtt/${nameOf(random.below(devicesOf(home)))}/set`,
    home.payload(), 0, false, { messageExpiryInterval: 30 }))
  often(client, 1_200_000, () => client.disconnect(4, home.around(30_000)))
  client.connect()
}

/** The page of Zigbee2MQTT, which somebody opens and closes: reads all there is. */
function frontend(home: Home, index: number): void {
  const { random } = home
  const client = new Client(home, terms({
    clientId: `frontend-${index}`, version: random.pick([4, 5] as const),
    subscriptions: [subscription('zigbee2mqtt/#', random.below(2) as QoS)],
  }))
  often(client, 200_000, () => client.disconnect(0, home.around(100_000)))
  client.connect()
}

export const smartHome: Actor[] = [
  { name: 'Zigbee2MQTT', start: zigbee2Mqtt }, { name: 'Home Assistant 2027', start: homeAssistantOf2027 },
  { name: 'frontend', start: frontend },
]
