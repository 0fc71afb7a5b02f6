// `midge-mqtt passwd`: writes a user's hash into a password_file.
import { createInterface } from 'node:readline/promises'
import { passwordHash } from '../credential'
import { writePasswordFile } from '../configuration/password_file'

export interface PasswdOptions {
  scram?: boolean
  delete?: boolean
  batch?: string
}

/** A line from the terminal that does not show, or from a pipe. */
async function askPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password: ')
  const input = createInterface({ input: process.stdin, terminal: process.stdin.isTTY })
  const line = (await input[Symbol.asyncIterator]().next()).value as string | undefined
  input.close()
  if (process.stdin.isTTY) process.stderr.write('\n')
  return line ?? ''
}

/** Answers one sentence about what was done; throws one about what was not. */
export async function passwd(file: string, user: string, options: PasswdOptions): Promise<string> {
  if (!user || /[:\n\0]/.test(user)) throw new Error('A user has a name without colons.')
  if (options.delete) {
    if (!writePasswordFile(file, user, null)) throw new Error(`${user} is not in ${file}.`)
    return `${user} was taken out of ${file}.`
  }
  const password = options.batch ?? await askPassword()
  if (!password) throw new Error('An empty password lets everybody in: give one.')
  const wasThere = writePasswordFile(file, user, passwordHash(password, options.scram === true))
  return `${user} was ${wasThere ? 'changed' : 'added'} in ${file}.`
}
