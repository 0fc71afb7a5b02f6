// What the user is asked for, where there is a terminal and an option is missing. Scripts give passwords in the
// environment: npm writes its command line to a log.
import confirm from '@inquirer/confirm'
import input from '@inquirer/input'
import password from '@inquirer/password'
import select from '@inquirer/select'

/** Whether there is somebody to answer. */
export const canAsk = () => process.stdin.isTTY && process.stdout.isTTY

/** For a question: an answer is one that is there, and in which `problemOf` finds no fault. */
const judge = (problemOf = _ => '') => answer =>
  answer.trim() === '' ? 'An answer is needed.' : problemOf(answer) || true

/** A user and its password from `name` or `name:password`, and the environment. */
function userOf (given) {
  if (!given) return {}
  const [userName, ...rest] = given.split(':')
  return { userName, userPassword: rest.length > 0 ? rest.join(':') : process.env.MIDGE_USER_PASSWORD }
}

/** Options with what the environment says; `password` is undefined until one is known, and '' for an open network. */
export const givenOptions = options => ({
  ...options, ...userOf(options.user),
  password: options.open ? '' : options.password || process.env.MIDGE_WIFI_PASSWORD || undefined,
})

/** The password of a network; '' where its user says that it is an open one. */
async function askWifiPassword (flash, name) {
  for (;;) {
    const answer = await password({
      message: `Password of ${name}:`,
      mask: true,
      validate: text => flash.choiceProblem({ wifiPassword: text }) || true,
    })
    if (answer || await confirm({ message: `Is ${name} an open network, without a password?`, default: false })) {
      return answer
    }
  }
}

/** A password; throws FlashError where nobody can be asked. */
export async function askPassword (flash, userName) {
  if (canAsk()) return password({ message: `Password of ${userName}:`, mask: true, validate: judge() })
  throw new flash.FlashError('usage', `the password of ${userName}? Put it into the environment as MIDGE_USER_PASSWORD`)
}

/** Asks for what is neither in the options nor in the configuration that they are laid over; `chip` is the board's. */
export async function askMissing (flash, options, settings, chip) {
  if (!canAsk()) return options
  const asked = { ...options }
  asked.firmware ??= await input({
    message: `Release of Espruino for ${chip} (file, folder or address, from https://www.espruino.com/Download):`,
    validate: judge(),
  })
  if (!settings.wifi_ssid) {
    asked.ssid ??= await input({
      message: 'Wi-Fi network:', validate: judge(wifiName => flash.choiceProblem({ wifiName })),
    })
  }
  if (settings.wifi_password === undefined) {
    asked.password ??= await askWifiPassword(flash, asked.ssid ?? settings.wifi_ssid)
  }
  if (!settings.users && asked.user !== false) {
    asked.userName ??= await input({ message: 'User of the broker (--no-user lets everybody in):', validate: judge() })
  }
  if (asked.userName) {
    asked.userPassword ??= await password({ message: `Password of ${asked.userName}:`, mask: true, validate: judge() })
  }
  return asked
}

/** One of several ports; undefined where nobody can be asked. */
export const askPort = async paths => canAsk()
  ? select({ message: 'Which board?', choices: paths.map(path => ({ value: path })) })
  : undefined
