// Who lives in a home for a year, at the rates of such homes: Zigbee2MQTT with 60 devices, Home Assistant with 600
// filters in batches of 500, devices of ESPHome and Tasmota, and somebody who is away at times. 350 retained messages,
// 400 KB together. A board has nine sockets: these take eight.
import { YearClient } from './client'
import type { YearHome } from './home'
import type { Terms } from './terms'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS
const MONTH_MS = 30 * DAY_MS

/** Bytes. */
const LIST_SIZE = 120_000
const DISCOVERY_SIZE = 1_250
const STATE_SIZE = 220
const INFORMATION_SIZE = 8_000
const ESPHOME_DISCOVERY_SIZE = 600

/** How many Zigbee devices of a kind there are, and how often one tells its state. */
const KINDS = [
  { kind: 'climate', count: 20, everyMs: 10 * MINUTE_MS },
  { kind: 'contact', count: 15, everyMs: 30 * MINUTE_MS },
  { kind: 'light', count: 15, everyMs: HOUR_MS },
  { kind: 'plug', count: 10, everyMs: 2 * MINUTE_MS },
]
const DEVICES = KINDS.flatMap(({ kind, count, everyMs }) =>
  Array.from({ length: count }, (_, index) => ({ name: `${kind}_${index}`, everyMs })))
/** What Home Assistant is told of a device: so many entities. */
const ENTITIES = 3
const ESPHOMES = ['garden', 'heating', 'solar']
const SENSORS = 4
const TASMOTAS = ['boiler', 'washer']
/** Home Assistant's filters, and how many it sends at a time. */
const FILTERS = 600
const BATCH = 500

const client = (home: YearHome, terms: Partial<Terms> & { clientId: string }): YearClient =>
  new YearClient(home, {
    version: 4, keepalive: 60, lateMs: SECOND_MS * (1 + home.random.below(8)), subscriptions: [], ...terms,
  })

/** Text of that size at the most, which is never the same. */
class Texts {
  private count = 0

  next(size: number): string {
    return `{"n":${++this.count}`.padEnd(size - 1, ',"linkquality":120,"battery":97') + '}'
  }
}

/** 3.1.1. Tells everything about its devices when it has been started, and their states all the time. */
function zigbee2Mqtt(home: YearHome, texts: Texts): void {
  const one = client(home, {
    clientId: 'zigbee2mqtt', will: { topic: 'zigbee2mqtt/bridge/state', payload: '{"state":"offline"}' },
    subscriptions: [{ filters: ['zigbee2mqtt/+/set'], qos: 0 }, { filters: ['homeassistant/status'], qos: 0 }],
  })
  let isStarted = true
  one.onReady = () => {
    one.publishSurely('zigbee2mqtt/bridge/state', '{"state":"online"}', 1, true)
    if (!isStarted) return
    isStarted = false
    one.publish('zigbee2mqtt/bridge/devices', texts.next(LIST_SIZE))
    one.publish('zigbee2mqtt/bridge/info', texts.next(INFORMATION_SIZE))
    DEVICES.forEach(({ name }, index) => home.after(10 * SECOND_MS + index * 2 * SECOND_MS, () => {
      one.publishSurely(`zigbee2mqtt/${name}/availability`, `{"state":"online","n":${home.messages}}`, 1, true)
      for (let entity = 0; entity < ENTITIES; entity++) {
        one.publishSurely(`homeassistant/sensor/${name}/${entity}/config`, texts.next(DISCOVERY_SIZE), 1, true)
      }
    }))
  }
  for (const { name, everyMs } of DEVICES) {
    home.often(everyMs, () => one.publish(`zigbee2mqtt/${name}`, texts.next(STATE_SIZE)))
  }
  home.often(DAY_MS / 4, () => {
    const { name } = home.random.pick(DEVICES)
    const tell = (state: string): boolean =>
      one.publishSurely(`zigbee2mqtt/${name}/availability`, `{"state":"${state}","n":${home.messages}}`, 1, true)
    tell('offline')
    home.after(HOUR_MS, () => tell('online'))
  })
  home.often(MONTH_MS, () => {
    one.vanish()
    isStarted = true
    home.after(20 * SECOND_MS, () => one.connect())
  })
}

/** 5.0: what there is, and hundreds of filters; tells devices what to do, and sends alarms. */
function homeAssistant(home: YearHome): void {
  const exact = [
    ...DEVICES.flatMap(({ name }) => [`zigbee2mqtt/${name}`, `zigbee2mqtt/${name}/availability`]),
    ...ESPHOMES.flatMap((name) => [`${name}/status`,
      ...Array.from({ length: SENSORS }, (_, sensor) => `${name}/sensor/${sensor}/state`)]),
    ...TASMOTAS.flatMap((name) => ['LWT', 'STATE', 'SENSOR'].map((topic) => `tele/${name}/${topic}`)),
    'zigbee2mqtt/bridge/state', 'zigbee2mqtt/bridge/info',
  ]
  for (let number = 0; exact.length < FILTERS - 2; number++) {
    exact.push(`zigbee2mqtt/${DEVICES[number % DEVICES.length].name}/update/${number}`)
  }
  const filters = ['homeassistant/+/+/config', 'homeassistant/+/+/+/config', ...exact]
  const one = client(home, {
    clientId: 'homeassistant', version: 5,
    subscriptions: [filters.slice(0, BATCH), filters.slice(BATCH)].map((batch) => ({ filters: batch, qos: 0 })),
  })
  one.onReady = () => one.publish('homeassistant/status', 'online', false)
  one.onAcknowledged = (topic, payload) => {
    if (topic.startsWith('alarm/')) home.alarms.acknowledged(payload)
  }
  // A Message Expiry Interval of 30 s.
  home.often(10 * MINUTE_MS, () =>
    one.publish(`zigbee2mqtt/${home.random.pick(DEVICES).name}/set`, '{"state":"TOGGLE"}', false, '\x02\0\0\0\x1e'))
  home.often(HOUR_MS, () => {
    const qos = home.random.pick([1, 2] as const)
    if (one.isReady) one.publishSurely(`alarm/${qos}`, home.alarms.next(qos), qos, false)
  })
  home.often(WEEK_MS, () => {
    one.leave()
    home.after(30 * SECOND_MS, () => one.connect())
  })
}

/** 3.1.1, with its discovery, and every value retained. */
function espHome(home: YearHome, name: string, texts: Texts): void {
  const one = client(home, {
    clientId: name, keepalive: 15, will: { topic: `${name}/status`, payload: 'offline' },
    subscriptions: [{ filters: [`${name}/+/command`], qos: 0 }],
  })
  one.onReady = () => {
    one.publish(`${name}/status`, 'online')
    for (let sensor = 0; sensor < SENSORS; sensor++) {
      const topic = `homeassistant/sensor/${name}/${sensor}/config`
      home.after(SECOND_MS * (1 + sensor), () => one.publish(topic, texts.next(ESPHOME_DISCOVERY_SIZE)))
    }
  }
  for (let sensor = 0; sensor < SENSORS; sensor++) {
    home.often(MINUTE_MS, () =>
      one.publish(`${name}/sensor/${sensor}/state`, (home.messages % 100_000 / 100).toFixed(2)))
  }
  home.often(MONTH_MS, () => {
    one.vanish()
    home.after(10 * SECOND_MS, () => one.connect())
  })
}

/** 3.1.1, with its discovery; its telemetry is not retained. */
function tasmota(home: YearHome, name: string, texts: Texts): void {
  const one = client(home, {
    clientId: name, keepalive: 30, will: { topic: `tele/${name}/LWT`, payload: 'Offline' },
    subscriptions: [{ filters: [`cmnd/${name}/#`], qos: 0 }],
  })
  one.onReady = () => {
    one.publish(`tele/${name}/LWT`, 'Online')
    one.publish(`tasmota/discovery/${name}/config`, texts.next(ESPHOME_DISCOVERY_SIZE))
    one.publish(`tasmota/discovery/${name}/sensors`, texts.next(STATE_SIZE))
  }
  for (const topic of ['STATE', 'SENSOR']) {
    home.often(5 * MINUTE_MS, () => one.publish(`tele/${name}/${topic}`, texts.next(STATE_SIZE), false))
  }
  home.often(MONTH_MS, () => {
    one.vanish()
    home.after(10 * SECOND_MS, () => one.connect())
  })
}

/** 5.0: keeps its session, is away for hours, and wants all alarms. */
function phone(home: YearHome): void {
  const one = client(home, {
    clientId: 'phone', version: 5, expiry: WEEK_MS / SECOND_MS, keepalive: 300,
    subscriptions: [{ filters: ['alarm/#'], qos: 2 }],
  })
  one.onMessage = (message) => home.alarms.took(message)
  home.often(DAY_MS / 2, () => {
    if (!one.isReady) return
    home.alarms.checkNothingWaits()
    one.leave()
    home.after(home.random.below(8 * HOUR_MS), () => one.connect())
  })
}

export function residents(home: YearHome): void {
  const texts = new Texts()
  zigbee2Mqtt(home, texts)
  homeAssistant(home)
  for (const name of ESPHOMES) espHome(home, name, texts)
  for (const name of TASMOTAS) tasmota(home, name, texts)
  phone(home)
}
