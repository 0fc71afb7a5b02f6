// Who lives in a home. Each kind is a client and its habits; `index` tells apart several of one kind.

import type { QoS } from 'mqtt-packet'
import { isSmall } from '../support/small_board'
import { often, type Actor } from './actor'
import { Client } from './client'
import { subscription, terms } from './client_terms'
import { heavy } from './heavy'
import type { Home } from './home'
import { residents } from './residents'
import { breakProtocol } from './broken_packets'
import { smartHome } from './smart_home'
import { tinker } from './tinkerer'

/** Devices that there may be names of. */
const DEVICES = 6

/** 5.0, hundreds of filters in one SUBSCRIBE, and a Will that its DISCONNECT of 0x04 leaves in place. */
function homeAssistant(home: Home, index: number): void {
  const { SUBSCRIPTIONS_MAX, FILTERS_PER_PACKET_MAX } = home.oracle.board
  const count = Math.min(500, FILTERS_PER_PACKET_MAX, Math.floor(SUBSCRIPTIONS_MAX / 8))
  const exact = Array.from({ length: count }, (_, number) => subscription(`entity/${number}/state`))
  const client = new Client(home, terms({
    clientId: `homeassistant${index}`, version: 5,
    will: { topic: 'homeassistant/status', payload: '' as never, qos: 1, retain: true },
    subscriptions: [subscription('tele/+/LWT', 1), subscription('tele/+/STATE'), subscription('tele/+/POWER', 1),
      subscription('stat/#', 1), ...exact],
  }))
  client.onConnected = () => client.publish('homeassistant/status', home.payload(), 1, true)
  often(client, 40_000, () => {
    client.publish(`cmnd/d${home.random.below(DEVICES)}/POWER`, home.payload(), home.random.below(3) as QoS)
  })
  often(client, 1_500_000, () => client.disconnect(4, home.around(20_000)))
  client.connect()
}

/** 3.1.1 with a retained Will and a retained answer to each command. */
function tasmota(home: Home, index: number): void {
  const name = `d${index % DEVICES}`
  const client = new Client(home, terms({
    clientId: `tasmota-${index}`, keepalive: 30,
    will: { topic: `tele/${name}/LWT`, payload: '' as never, qos: 1, retain: true },
    subscriptions: [subscription(`cmnd/${name}/#`, home.random.below(2) as QoS), subscription('cmnd/all/+')],
  }))
  client.onConnected = () => client.publish(`tele/${name}/LWT`, home.payload(), 1, true)
  client.onMessage = () => client.publish(`stat/${name}/POWER`, home.payload(), 0, true)
  often(client, 60_000, () => client.publish(`tele/${name}/STATE`, home.payload() + ' '.repeat(200), 0))
  client.connect()
}

/** 3.1.1, many retained states. */
function espHome(home: Home, index: number): void {
  const client = new Client(home, terms({
    clientId: `esphome-${index}`, keepalive: 15,
    will: { topic: `esphome${index}/status`, payload: '' as never, qos: 0, retain: true },
    subscriptions: [subscription(`esphome${index}/+/command`, 1)],
  }))
  client.onConnected = () => client.publish(`esphome${index}/status`, home.payload(), 0, true)
  often(client, 30_000, () => client.publish(`entity/${home.random.below(4)}/state`, home.payload(), 0, true))
  client.connect()
}

/** Connects, publishes one reading with QoS 1, and is gone. */
function batterySensor(home: Home, index: number): void {
  const version = home.random.pick([4, 5] as const)
  const client = new Client(home, terms({
    clientId: `sensor-${index}`, version, clean: home.random.oneIn(2), isBrief: true,
    properties: { sessionExpiryInterval: 600 },
  }))
  const wake = (): void => {
    if (client.state === 'away') client.connect()
    home.after(60_000 + home.around(120_000), wake)
  }
  client.onConnected = () => client.publish(`alert/${index}`, home.payload(), 1, home.random.oneIn(3))
  client.onAcknowledged = () => {
    if (home.random.oneIn(3)) client.vanish(0)
    else client.disconnect()
  }
  wake()
}

/** Reads everything. */
function dashboard(home: Home, index: number): void {
  const version = home.random.pick([4, 5] as const)
  const qos = home.random.below(3) as QoS
  const client = new Client(home, terms({
    clientId: `dashboard-${index}`, version, keepalive: 45, clean: home.random.oneIn(2),
    properties: { sessionExpiryInterval: 300, ...(home.random.oneIn(2) ? { receiveMaximum: 4 } : {}) },
    subscriptions: [subscription('tele/#', qos), subscription('stat/#'), subscription('alert/+', 2),
      subscription('entity/+/state', qos)],
  }))
  often(client, 600_000, () => client.disconnect(0, home.around(10_000)))
  client.connect()
}

/** The same topic over and over, as fast as it can for a while. */
function chatterer(home: Home, index: number): void {
  const client = new Client(home, terms({ clientId: `chatterer-${index}`, version: home.random.pick([4, 5] as const) }))
  often(client, 60_000, () => {
    for (let number = 0; number < 10; number++) {
      client.later(number * 100, () => client.publish(`tele/d${index % DEVICES}/POWER`, home.payload(), 0))
    }
  })
  client.connect()
}

/** Keeps every reading at QoS 1 in a session that goes on, and is started anew now and then. */
function recorder(home: Home, index: number): void {
  const client = new Client(home, terms({
    clientId: `recorder-${index}`, version: home.random.pick([4, 5] as const), clean: false, keepalive: 20,
    properties: { sessionExpiryInterval: 300 },
    subscriptions: [subscription('tele/+/POWER', 1)],
  }))
  often(client, 90_000, () => client.vanish(home.around(3_000)))
  client.connect()
}

/**
 * Two counters that tell the same topic every few seconds, at QoS 0 or 1, and never have to ping; mostly somebody keeps
 * what they tell. A small broker has room for the readings of two while their readers are out of reach.
 */
function meters(home: Home, index: number): void {
  if (isSmall(home.oracle.board) && home.clients.some(({ terms: { isTalkative } }) => isTalkative)) return
  const qos = home.random.pick([0, 1, 1] as const)
  const version = home.random.pick([4, 5] as const)
  if (!home.random.oneIn(3)) recorder(home, index)
  for (let number = 0; number < 2; number++) {
    const clientId = `meter-${index}-${number}`
    const client = new Client(home, terms({ clientId, version, keepalive: 10, isTalkative: true }))
    const read = (): void => {
      client.publish(`tele/${clientId}/POWER`, home.payload(), qos)
      client.later(home.around(3_000), read)
    }
    client.onConnected = read
    client.connect()
  }
}

/** Sleeps with its socket open, or is out of reach for a while, and wants what came meanwhile. */
function phone(home: Home, index: number): void {
  const version = home.random.pick([4, 5] as const)
  const client = new Client(home, terms({
    clientId: `phone-${index}`, version, clean: false, keepalive: 60,
    properties: { sessionExpiryInterval: home.random.pick([300, 3_600]), receiveMaximum: 3 },
    will: { topic: 'alert/phone', payload: '' as never, qos: 1,
      ...(version === 5 ? { properties: { willDelayInterval: 30 } } : {}) },
    subscriptions: [subscription('alert/#', home.random.pick([1, 2] as const))],
  }))
  often(client, 300_000, () => {
    const until = home.time + 1_000 + home.around(120_000)
    const { connection } = client
    connection!.upBlockedUntil = connection!.downBlockedUntil = until
  })
  often(client, 300_000, () => client.vanish(home.around(120_000)))
  client.connect()
}

/** Breaks the protocol in one of many ways. */
function breaker(home: Home, index: number): void {
  const version = home.random.pick([4, 5] as const)
  const client = new Client(home, terms({
    clientId: `breaker-${index}`, version, isBrief: true,
    will: { topic: 'alert/breaker', payload: '' as never, qos: 0 },
  }))
  const wake = (): void => {
    if (client.state === 'away') client.connect()
    home.after(20_000 + home.around(60_000), wake)
  }
  client.onConnected = () =>
    client.connection!.send(breakProtocol(home.random, version), { alone: true, broken: true })
  wake()
}

/** Two of one Client Identifier: each takes the other's place, at once. */
function twins(home: Home, index: number): void {
  const version = home.random.pick([4, 5] as const)
  for (let number = 0; number < 2; number++) {
    const client = new Client(home, terms({
      clientId: `twin-${index}`, version, clean: home.random.oneIn(4), isBrief: true,
      properties: { sessionExpiryInterval: 100 },
      will: { topic: 'alert/twin', payload: '' as never, qos: 1 },
      subscriptions: [subscription('stat/+/POWER', 2)],
    }))
    const wake = (): void => {
      if (client.state === 'away') client.connect()
      home.after(10_000 + home.around(60_000), wake)
    }
    wake()
  }
}

export const actors: Actor[] = [
  { name: 'Home Assistant', start: homeAssistant }, { name: 'Tasmota', start: tasmota },
  { name: 'ESPHome', start: espHome }, { name: 'battery sensor', start: batterySensor },
  { name: 'dashboard', start: dashboard }, { name: 'chatterer', start: chatterer }, { name: 'phone', start: phone },
  { name: 'breaker', start: breaker }, { name: 'twins', start: twins }, { name: 'meters', start: meters },
  { name: 'tinkerer', start: tinker }, ...residents,
  ...heavy, ...smartHome,
]
