// Clients that a machine may have or not: their tests run where they are, and say what to install where they are not.
import { describe } from 'vitest'
import { isInstalled } from './program'

/** The Python that has Paho's client: a version manager's own often has not. */
export const PYTHON =
  ['python3', '/usr/bin/python3'].find((python) => isInstalled(0, python, '-c', 'import paho.mqtt.client'))

/** mosquitto itself, whose help ends with 3: Debian keeps it where only root looks. */
export const MOSQUITTO = ['mosquitto', '/usr/sbin/mosquitto'].find((path) => isInstalled(3, path, '-h'))

/** mosquitto's clients, and stdbuf, for lines that come when they are written and not when the program ends. */
export const HAS_MOSQUITTO = isInstalled(1, 'mosquitto_sub', '--help') && isInstalled(0, 'stdbuf', '--version')

/** Like describe; `aptPackage` is what Debian and Ubuntu call the clients. */
export function describeInstalled(name: string, isInstalled: boolean, aptPackage: string, body: () => void): void {
  if (!isInstalled) console.warn(`skipped: ${name} are not installed: apt install ${aptPackage}`)
  describe.skipIf(!isInstalled)(name, body)
}
