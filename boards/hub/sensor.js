// A DHT22 on pin D4: temperature and humidity once a minute. It needs the module DHT22 of espruino.com in Storage.
var sensor = require('DHT22').connect(D4)

function read () {
  sensor.read(function (answer) {
    if (!answer.err) {
      midge.publish('hall/temperature', answer.temp.toFixed(1), { retain: true })
      midge.publish('hall/humidity', answer.rh.toFixed(0), { retain: true })
    }
  })
}

setInterval(read, 60000)
read()
