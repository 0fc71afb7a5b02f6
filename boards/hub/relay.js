// A relay on pin D12 that Home Assistant finds by itself: MQTT discovery, as a switch.
var topic = 'midge/relay'

function set (state) {
  digitalWrite(D12, state === 'ON')
  midge.publish(topic + '/state', state, { retain: true })
}

midge.subscribe(topic + '/set', function (name, state) {
  if (state === 'ON' || state === 'OFF') set(state)
})
midge.publish('homeassistant/switch/midge_relay/config', JSON.stringify({
  name: 'Relay', unique_id: 'midge_relay', command_topic: topic + '/set', state_topic: topic + '/state'
}), { retain: true })
set('OFF')
