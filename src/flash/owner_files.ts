// The files that belong to a board's owner: the configuration, from what was asked at the terminal or in the page,
// and the owner's own code.

import { configurationFaults, configurationProblem } from './configuration'
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

/** What is missing where no network is named. */
export const NO_WIFI = 'which Wi-Fi? The board needs the name of one'

const usage = (message: string): FlashError => new FlashError('usage', message)

/** What the page and the terminal call a setting. */
const WORDS: Record<string, string> = {
  wifi_ssid: 'the name of a Wi-Fi', wifi_password: 'the password of a Wi-Fi', hostname: 'the board\'s name',
}

/** Choices in the words of a configuration. */
function settingsOf (choices: OwnerChoices): Record<string, unknown> {
  const given = { wifi_ssid: choices.wifiName, wifi_password: choices.wifiPassword, hostname: choices.hostName }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** What is wrong with a choice: a sentence; empty when nothing is. */
export function choiceProblem (choices: OwnerChoices): string {
  const [fault] = configurationFaults(settingsOf(choices))
  if (fault) return `${WORDS[fault.key]} ${fault.expected}`
  return !choices.userName !== !choices.userPassword ? 'a user needs both a name and a password' : ''
}

/** The owner's files: choices over a configuration that there was. Throws FlashError where one is wrong or missing. */
export function ownerFiles (choices: OwnerChoices, base: Record<string, unknown> = {}): StorageFile[] {
  const problem = choiceProblem(choices)
  if (problem) throw usage(problem)
  const configuration: Record<string, unknown> = { ...base, ...settingsOf(choices) }
  if (choices.userName) {
    configuration.users = { ...configuration.users as object, [choices.userName]: choices.userPassword }
  }
  if (!configuration.wifi_ssid) throw usage(NO_WIFI)
  const fault = configurationProblem(configuration)
  if (fault) throw usage(fault)
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
