// What every row sends: the packet that the goals are stated for.

/** 27 bytes. */
export const TOPIC = 'home/livingroom/temperature'
export const PAYLOAD = Buffer.alloc(20, '21.5')

export const publishPacket = (topic, options = {}) =>
  ({ cmd: 'publish', topic, payload: PAYLOAD, qos: 0, dup: false, retain: false, ...options })

export const subscribePacket = (messageId, topics, qos = 0) =>
  ({ cmd: 'subscribe', messageId, subscriptions: topics.map(topic => ({ topic, qos })) })

/** So many Topic Filters of 32 bytes, as Home Assistant has. */
export const entityFilters = count =>
  Array.from({ length: count }, (_, i) => `homeassistant/sensor/entity_${1_000 + i}`)

export const connectPacket = (clientId, version) => ({
  cmd: 'connect', clientId, clean: true, keepalive: 0, protocolId: 'MQTT', protocolVersion: version,
})
