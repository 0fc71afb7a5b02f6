// The extension m.bridge: some topics go to another broker and come from there. midge.json: "bridge", the lines of
// mosquitto.conf.
import { bridgeStart } from './bridge'
import { bridgeRead } from './read'

const problem = bridgeRead(configuration.bridge)
delete configuration.bridge
if (problem) print(`midge.json: ${problem}`)
else bridgeStart()
