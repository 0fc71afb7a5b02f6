// Where a board keeps the networks that were chosen at its access point: midge.wifi of Storage, entries behind each
// other. They are written in place: no file is ever made, moved or taken away for one, so that a power cut finds
// Storage, and midge.json, as they were. The newest whole entry for the midge.json that there is counts in the place of
// that file's wifi_ssid and wifi_password; one for another midge.json is what an owner has changed since.
//
// An entry: the CRC-32 of what follows in it and of that midge.json's (10 digits), the bytes of the name and of the
// password (2 digits each), both. Behind it erased bytes.

export const WIFI_FILE = 'midge.wifi'
export const WIFI_ENTRY_SIZE = 128
/** The last place of an entry. The first one is 1: what is written where a file begins makes a new file to Espruino. */
export const WIFI_PLACE_MAX = 32
export const WIFI_FILE_SIZE = (WIFI_PLACE_MAX + 1) * WIFI_ENTRY_SIZE

/** A network; a character is a byte. */
export interface WifiNetwork { name: string, password: string }

type Sum = (text: string) => number

const digits = (value: number, count: number): string => ('0000000000' + value).slice(-count)

/** `settings` is the text of midge.json. */
const sumOf = (entry: string, settings: string, sum: Sum): string => digits(sum(entry + sum(settings)), 10)

/** The entry of a network; a name of up to 32 bytes, a password of up to 63. */
export function wifiEntry ({ name, password }: WifiNetwork, settings: string, sum: Sum): string {
  const entry = digits(name.length, 2) + digits(password.length, 2) + name + password
  return sumOf(entry, settings, sum) + entry
}

/** The network of an entry; undefined where it is none, or none of this midge.json. */
function networkOf (entry: string, settings: string, sum: Sum): WifiNetwork | undefined {
  const nameSize = parseInt(entry.substr(10, 2), 10)
  const passwordSize = parseInt(entry.substr(12, 2), 10)
  if (!(nameSize > 0 && passwordSize >= 0)) return undefined
  const whole = entry.substr(10, 4 + nameSize + passwordSize)
  if (entry.substr(0, 10) !== sumOf(whole, settings, sum)) return undefined
  return { name: whole.substr(4, nameSize), password: whole.substr(4 + nameSize) }
}

/**
 * The newest network of a midge.json; `read` answers the bytes of an entry that begins there. Undefined: none was
 * chosen since.
 */
export function wifiNewest (read: (start: number) => string, settings: string, sum: Sum): WifiNetwork | undefined {
  for (let place = WIFI_PLACE_MAX; place; place--) {
    const network = networkOf(read(place * WIFI_ENTRY_SIZE), settings, sum)
    if (network) return network
  }
  return undefined
}
