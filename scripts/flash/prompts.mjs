// What the user is asked for, where there is a terminal and an option is missing. Scripts give passwords in the
// environment: npm writes its command line to a log.
import { input, password, select } from '@inquirer/prompts'

const isTerminal = () => process.stdin.isTTY && process.stdout.isTTY

/** Fills in what `flash` cannot do without; nobody is asked where nobody sits. */
export async function askMissing (options) {
  if (options.update) return options
  const asked = { ...options }
  asked.password ??= process.env.MIDGE_WIFI_PASSWORD
  if (!isTerminal()) return asked
  if (!asked.firmware) {
    asked.firmware = await input({ message: 'Release of Espruino (file or folder, from espruino.com/Download):' })
  }
  if (asked.config) return asked
  asked.ssid ??= await input({ message: 'Wi-Fi network:' })
  asked.password ??= await password({ message: 'Its password (empty: an open network):', mask: true })
  return asked
}

/** A user and its password from `name` or `name:password`. */
export async function askUser (flash, given) {
  if (!given) return {}
  const [userName, ...rest] = given.split(':')
  const userPassword = rest.length > 0 ? rest.join(':') : process.env.MIDGE_USER_PASSWORD
  if (userPassword !== undefined) return { userName, userPassword }
  if (!isTerminal()) {
    throw new flash.FlashError('usage',
      `user ${userName} lacks a password: run this at a terminal, or put it into MIDGE_USER_PASSWORD`)
  }
  return { userName, userPassword: await password({ message: `Password of ${userName}:`, mask: true }) }
}

/** One of several ports; undefined where nobody can be asked. */
export const askPort = async paths => isTerminal()
  ? select({ message: 'Which board?', choices: paths.map(path => ({ value: path })) })
  : undefined
