// What the user is asked for, where there is a terminal and an option is missing.
import { input, password } from '@inquirer/prompts'

const isTerminal = () => process.stdin.isTTY && process.stdout.isTTY

/** Fills in what `flash` cannot do without; nobody is asked where nobody sits. */
export async function askMissing (flash, options) {
  if (!isTerminal() || options.update) return options
  const asked = { ...options }
  if (!asked.firmware) {
    asked.firmware = await input({ message: 'Release of Espruino (file or folder, from espruino.com/Download):' })
  }
  if (!asked.ssid && !asked.config) {
    asked.ssid = await input({ message: 'Wi-Fi network:' })
    asked.password ??= await password({ message: 'Its password (empty: an open network):', mask: true })
  }
  return asked
}

/** A user and its password from `name` or `name:password`; the password is asked for where it is missing. */
export async function askUser (flash, given) {
  if (!given) return {}
  const [userName, ...rest] = given.split(':')
  if (rest.length > 0) return { userName, userPassword: rest.join(':') }
  if (!isTerminal()) throw new flash.FlashError('usage', `--user ${userName} lacks its password: --user NAME:PASSWORD`)
  return { userName, userPassword: await password({ message: `Password of ${userName}:`, mask: true }) }
}
