// A relay on pin D18 and the chip's own temperature, which Home Assistant finds as one device: "homeassistant": true in
// midge.json brings midge.device.
var hall = midge.device({ id: 'hall', name: 'Hall', components: {
  light: { platform: 'switch', command: function (value) { digitalWrite(D18, value === 'ON') } },
  chip: { platform: 'sensor', device_class: 'temperature', unit_of_measurement: '°C' }
} })
setInterval(function () { hall.set('chip', E.getTemperature().toFixed(1)) }, 60000)
