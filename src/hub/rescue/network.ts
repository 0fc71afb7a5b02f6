// The network that was chosen at the access point: src/flash/wifi_room.ts has where it lies.
import {
  WIFI_ENTRY_SIZE, WIFI_FILE, WIFI_PLACE_MAX, type WifiNetwork, wifiEntry, wifiNewest,
} from '../../flash/wifi_room'

interface Storage {
  read(name: string, start?: number, size?: number): string | undefined
  write(name: string, data: string, start: number): void
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
const storage = require('Storage') as Storage
const sum = (text: string): number => E.CRC32(text)
const read = (start: number): string => (storage.read(WIFI_FILE, start, WIFI_ENTRY_SIZE) || '') + ''
const settings = (): string => (storage.read('midge.json') || '') + ''

/** Puts the network in force that was chosen last, if any was since midge.json is as it is. */
export function networkTake(): void {
  const network = wifiNewest(read, settings(), sum)
  if (!network) return
  configuration.wifi_ssid = network.name
  configuration.wifi_password = network.password
}

/**
 * Keeps a network for the starts to come. Where the power went in the midst of an entry its place is not erased any
 * more, whatever it looks like: the firmware says so, and the next one is taken.
 */
export function networkKeep(network: WifiNetwork): void {
  const entry = wifiEntry(network, settings(), sum)
  for (let place = 1; place <= WIFI_PLACE_MAX; place++) {
    const start = place * WIFI_ENTRY_SIZE
    if (read(start)[0] !== '\xff') continue
    try {
      storage.write(WIFI_FILE, entry, start)
      return
    } catch { /* Half written. */ }
  }
  report('there is no room for another network: it is forgotten at the next start')
}
