// What Home Assistant demands of a message of MQTT discovery for a device, in our own words: which keys must be there,
// which there may be, by platform, and what their short forms stand for. As of its documentation of autumn 2026; only
// what a board of ours sends is in it.

const SHORT: Record<string, string> = {
  avty_t: 'availability_topic', cmd_t: 'command_topic', cmps: 'components', dev: 'device', dev_cla: 'device_class',
  ent_cat: 'entity_category', exp_aft: 'expire_after', ids: 'identifiers', mdl: 'model', mf: 'manufacturer',
  o: 'origin', p: 'platform', stat_cla: 'state_class', stat_t: 'state_topic', sw: 'sw_version', uniq_id: 'unique_id',
  unit_of_meas: 'unit_of_measurement', val_tpl: 'value_template',
}

/** The origin has a short form of its own. */
const SHORT_OF_ORIGIN: Record<string, string> = { sw: 'sw_version', url: 'support_url' }

type Keys = Record<string, (value: unknown) => boolean>

const text = (value: unknown): boolean => typeof value === 'string' && value !== ''
const topic = (value: unknown): boolean => text(value) && !/[+#\0]/.test(value as string)
const oneOf = (...words: string[]) => (value: unknown): boolean => words.includes(value as string)
const seconds = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0
const name = (value: unknown): boolean => value === null || text(value)

const ROOT: Keys = {
  device: Boolean, origin: Boolean, components: Boolean, availability_topic: topic, state_topic: topic,
  command_topic: topic, qos: oneOf('0', '1', '2'), encoding: text, payload_available: text, payload_not_available: text,
}
const DEVICE: Keys = {
  identifiers: value => Array.isArray(value) && value.length > 0 && value.every(text), name: text, manufacturer: text,
  model: text, sw_version: text, hw_version: text, configuration_url: text, suggested_area: text, serial_number: text,
}
const ORIGIN: Keys = { name: text, sw_version: text, support_url: text }
const ENTITY: Keys = {
  platform: text, unique_id: text, name, device_class: text, icon: text, enabled_by_default: value => value === true,
  entity_category: oneOf('config', 'diagnostic'), availability_topic: topic, default_entity_id: text,
}
const READ: Keys = { state_topic: topic, value_template: text, expire_after: seconds }

/** By platform: the keys of its own, and those that must be there, or at the root for all. */
const PLATFORMS: Record<string, { keys: Keys, required: string[] }> = {
  sensor: {
    keys: {
      ...READ, unit_of_measurement: text, state_class: oneOf('measurement', 'total', 'total_increasing'),
      suggested_display_precision: seconds, device_class: oneOf('temperature', 'humidity', 'duration', 'power'),
    },
    required: ['state_topic'],
  },
  binary_sensor: {
    keys: { ...READ, device_class: oneOf('connectivity', 'motion', 'door') },
    required: ['state_topic'],
  },
  switch: {
    keys: { ...READ, command_topic: topic, device_class: oneOf('switch', 'outlet') },
    required: ['command_topic'],
  },
  button: {
    keys: { command_topic: topic, payload_press: text, device_class: oneOf('restart', 'update', 'identify') },
    required: ['command_topic'],
  },
}

/** An object with its keys' long names. */
function expanded(value: Record<string, unknown>, short = SHORT): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [short[key] ?? key, member]))
}

function faultsOf(value: Record<string, unknown>, keys: Keys, required: string[], where: string): string[] {
  const missing = required.filter(key => value[key] === undefined).map(key => `${where} lacks ${key}`)
  const wrong = Object.entries(value).filter(([key, member]) => !Object.hasOwn(keys, key) || !keys[key](member))
  return [...missing, ...wrong.map(([key, member]) => `${where}: ${key} is ${JSON.stringify(member)}`)]
}

/** Everything in a retained message, and its topic, that Home Assistant would refuse or not understand. */
export function discoveryFaults(topicName: string, payload: string, prefix = 'homeassistant'): string[] {
  const place = new RegExp(`^${prefix}/device/[a-zA-Z0-9_-]+/config$`)
  if (!place.test(topicName)) return [`${topicName} is no topic of a device`]
  const root = expanded(JSON.parse(payload) as Record<string, unknown>)
  const faults = faultsOf(root, ROOT, ['device', 'origin', 'components'], 'the message')
  if (faults.length > 0) return faults
  const device = expanded(root.device as Record<string, unknown>)
  const components = root.components as Record<string, Record<string, unknown>>
  const identifiers = Object.values(components).map(component => expanded(component).unique_id)
  return [
    ...faultsOf(device, DEVICE, ['identifiers'], 'device'),
    ...faultsOf(expanded(root.origin as Record<string, unknown>, SHORT_OF_ORIGIN), ORIGIN, ['name'], 'origin'),
    ...Object.entries(components).flatMap(([id, component]) => {
      const entity = expanded(component)
      const { keys, required } = PLATFORMS[entity.platform as string] ?? { keys: {}, required: [] }
      const own = faultsOf(entity, { ...ENTITY, ...keys }, ['platform', 'unique_id'], id)
      // What a platform must have may stand at the root for all.
      const absent = required.filter(key => entity[key] === undefined && root[key] === undefined)
      return [...own, ...absent.map(key => `${id} lacks ${key}`)]
    }),
    ...identifiers.filter((id, index) => identifiers.indexOf(id) !== index).map(id => `${String(id)} is there twice`),
  ]
}
