// The extension m.ha: Home Assistant finds the board, and what its owner's code has, by MQTT discovery.
// midge.json: "homeassistant": true, or the discovery prefix where Home Assistant has another one.
import { boardAnnounce } from './board_device'
import { deviceAnnounce, prefixSet } from './owner_device'

const given = configuration.homeassistant
delete configuration.homeassistant

/** Starts what the key asks for; `false` asks for nothing. */
function start(): void {
  const prefix = typeof given === 'string' ? given : 'homeassistant'
  if (!prefix || prefix.indexOf('+') >= 0 || prefix.indexOf('#') >= 0 || given === null || typeof given === 'number'
    || typeof given === 'object') {
    print('midge.json: homeassistant must be true, false or a prefix of topics')
    return
  }
  prefixSet(prefix)
  midge.device = deviceAnnounce
  if (given) boardAnnounce(prefix)
}

start()
