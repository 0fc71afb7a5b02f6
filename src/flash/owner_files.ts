// The files that belong to a board's owner: the configuration, from what was asked at the terminal or in the page,
// and the owner's own code.

import { FlashError } from './flash_error'
import { CONFIGURATION_FILE, HUB_FILE } from './storage_build'
import type { StorageFile } from './storage_build'

export interface OwnerChoices {
  wifiName?: string
  /** Empty or absent: an open network. */
  wifiPassword?: string
  /** The board's name in the network. */
  hostName?: string
  /** Who may connect; absent: everybody. */
  userName?: string
  userPassword?: string
  /** The text of hub.js. */
  hub?: Uint8Array
  /** What it requires. */
  modules?: StorageFile[]
}

/** Bytes of a network's name, and characters of a WPA passphrase. IEEE 802.11. */
const WIFI_NAME_SIZE_MAX = 32
const WIFI_PASSWORD_MIN = 8
const WIFI_PASSWORD_MAX = 63

/** What is missing where no network is named. */
export const NO_WIFI = 'which Wi-Fi? The board needs the name of one'

const usage = (message: string): FlashError => new FlashError('usage', message)

/** What is wrong with a choice: a sentence; empty when nothing is. */
export function choiceProblem (choices: OwnerChoices): string {
  const { wifiName = '', wifiPassword = '', hostName = '', userName = '', userPassword = '' } = choices
  if (new TextEncoder().encode(wifiName).length > WIFI_NAME_SIZE_MAX) {
    return `the name of a Wi-Fi has up to ${WIFI_NAME_SIZE_MAX} bytes`
  }
  if (wifiPassword && (wifiPassword.length < WIFI_PASSWORD_MIN || wifiPassword.length > WIFI_PASSWORD_MAX)) {
    return `the password of a Wi-Fi has ${WIFI_PASSWORD_MIN} to ${WIFI_PASSWORD_MAX} characters`
  }
  if (hostName && !/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/i.test(hostName)) {
    return 'the board\'s name has up to 32 letters, digits and hyphens between them'
  }
  if (!userName !== !userPassword) return 'a user needs both a name and a password'
  return ''
}

/** The owner's files: choices over a configuration that there was. Throws FlashError where one is wrong or missing. */
export function ownerFiles (choices: OwnerChoices, base: Record<string, unknown> = {}): StorageFile[] {
  const problem = choiceProblem(choices)
  if (problem) throw usage(problem)
  const configuration = { ...base }
  const given = {
    wifi_ssid: choices.wifiName, wifi_password: choices.wifiPassword || undefined, hostname: choices.hostName,
  }
  for (const [key, value] of Object.entries(given)) if (value !== undefined) configuration[key] = value
  if (choices.userName) {
    configuration.users = { ...configuration.users as object, [choices.userName]: choices.userPassword }
  }
  if (!configuration.wifi_ssid) throw usage(NO_WIFI)
  const files = [{ name: CONFIGURATION_FILE, data: new TextEncoder().encode(JSON.stringify(configuration)) }]
  const hub = choices.hub ? [{ name: HUB_FILE, data: choices.hub }] : []
  return [...files, ...hub, ...choices.modules ?? []]
}

/** What the configuration among files says; nothing where it is none, or was written on a board in its own notation. */
export function configurationOf (files: StorageFile[]): Record<string, unknown> {
  const file = files.find(({ name }) => name === CONFIGURATION_FILE)
  try {
    return Object(JSON.parse(new TextDecoder().decode(file?.data))) as Record<string, unknown>
  } catch {
    return {}
  }
}
