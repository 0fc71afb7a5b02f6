// The extension m.bridge: some topics go to another broker and come from there. midge.json: "bridge", the lines of
// mosquitto.conf.
import { bridgeStart } from './bridge'
import { bridgeRead } from './read'

function start(): void {
  const problem = bridgeRead(configuration.bridge)
  if (problem) print(`midge.json: ${problem}`)
  else bridgeStart()
}

start()
delete configuration.bridge
