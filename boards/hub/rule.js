// When somebody moves in the hall, the light is on; two minutes after the last time it goes out. A button on pin D0
// does the same.
var timer

function light (state) {
  midge.publish('hall/light/set', state, { qos: 1 })
}

function moved () {
  light('ON')
  if (timer) clearTimeout(timer)
  timer = setTimeout(function () {
    timer = 0
    light('OFF')
  }, 120000)
}

midge.subscribe('hall/+/motion', function (topic, payload) {
  if (payload === 'ON') moved()
})
setWatch(moved, D0, { repeat: true, edge: 'falling', debounce: 50 })
