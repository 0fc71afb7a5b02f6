// midge.json in Storage: what the owner of a board may set. It is checked as a whole: a mistake is one sentence on the
// console, and the board comes up as if the file were not there, so that it can be mended.
import {
  INFLIGHT_MAX, PACKET_SIZE_MAX, QUEUE_MAX, SESSION_EXPIRY_MAX, TOPIC_ALIAS_MAX,
} from '../../limits'
import { settings } from '../../main'

interface Configuration {
  port?: number
  users?: Record<string, string>
  allow_anonymous?: boolean
  hostname?: string
  wifi_ssid?: string
  wifi_password?: string
  telnet?: boolean
  [key: string]: unknown
}

/** Keys that are settings of the broker. */
const SETTINGS = 7

/** The range of a number, or the name of a type; first the settings, in the order of src/broker/settings.ts. */
const EXPECTED: Record<string, number[] | string> = {
  max_inflight_messages: [1, INFLIGHT_MAX],
  max_queued_messages: [1, QUEUE_MAX],
  max_packet_size: [20, PACKET_SIZE_MAX],
  max_keepalive: [0, 65_535],
  persistent_client_expiration: [0, SESSION_EXPIRY_MAX],
  max_topic_alias: [0, TOPIC_ALIAS_MAX],
  sys_interval: [0, 65_535],
  port: [1, 65_535],
  users: 'object',
  allow_anonymous: 'boolean',
  hostname: 'string',
  wifi_ssid: 'string',
  wifi_password: 'string',
  telnet: 'boolean',
}

/** What is in force; empty where the file is absent or wrong. */
export let configuration: Configuration = {}

/** What is wrong with a value; empty when nothing is. */
function problemOf(value: unknown, wanted: number[] | string): string {
  // A word that every object of the engine knows is no key either.
  if (typeof wanted === 'function' || !wanted) return 'is not known'
  if (typeof wanted === 'string') return value !== null && typeof value === wanted ? '' : `must be of type ${wanted}`
  return typeof value === 'number' && value >= wanted[0] && value <= wanted[1] ? ''
    : `must be a number from ${wanted[0]} to ${wanted[1]}`
}

/** Reads the file and puts it in force; false: it is absent or wrong. */
export function configurationRead(): boolean {
  let given: Configuration | undefined
  let problem = ''
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Espruino has no other way
    const text = require('Storage').read('midge.json') as string | undefined
    if (!text) return false
    given = JSON.parse(text) as Configuration
    for (const key of Object.keys(given)) {
      const found = problemOf(given[key], EXPECTED[key])
      if (found) problem = `${key} ${found}`
    }
    for (const name of Object.keys(given.users || {})) {
      const found = problemOf(given.users![name], 'string')
      if (found) problem = `users: ${name} ${found}`
    }
  } catch {
    problem = 'it must be JSON: an object of keys and values'
  }
  if (problem) print(`midge.json: ${problem}`)
  else configurationApply(given!)
  return !problem
}

function configurationApply(given: Configuration): void {
  configuration = given
  Object.keys(EXPECTED).forEach((key, setting) => {
    if (setting < SETTINGS && given[key] !== undefined) settings[setting] = given[key] as number
  })
}
