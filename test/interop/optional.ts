// Clients that a machine may have or not: their tests run where they are, and say what to install where they are not.
import { describe } from 'vitest'

/** Like describe; `aptPackage` is what Debian and Ubuntu call the clients. */
export function describeInstalled(name: string, isInstalled: boolean, aptPackage: string, body: () => void): void {
  if (!isInstalled) console.warn(`skipped: ${name} are not installed: apt install ${aptPackage}`)
  describe.skipIf(!isInstalled)(name, body)
}
