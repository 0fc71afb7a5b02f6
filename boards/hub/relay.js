// A relay on pin D18 that Home Assistant finds by itself: MQTT discovery of a device with one switch. Other pins do as
// well, but not those that say how a chip starts: what hangs there may keep it from starting (ESP32: D0, D2, D5, D12,
// D15; C3: D2, D8, D9, and D18 and D19 are its USB; S3: D0, D3, D45, D46).
var topic = 'midge/relay'

function set (state) {
  digitalWrite(D18, state === 'ON')
  midge.publish(topic + '/state', state, { retain: true })
}

midge.subscribe(topic + '/set', function (name, state) {
  if (state === 'ON' || state === 'OFF') set(state)
})
midge.publish('homeassistant/device/midge_relay/config', {
  device: { identifiers: ['midge_relay'], name: 'Midge relay' },
  origin: { name: 'Midge' },
  components: {
    relay: {
      platform: 'switch', unique_id: 'midge_relay', name: null,
      command_topic: topic + '/set', state_topic: topic + '/state'
    }
  }
}, { retain: true })
set('OFF')
