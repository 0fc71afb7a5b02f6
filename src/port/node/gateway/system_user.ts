// Another user of the system, whom a program that root has started becomes.
import { execFileSync } from 'node:child_process'

export interface SystemUser {
  name: string
  uid: number
  /** Of the user's own group, whatever its name. */
  gid: number
}

/** Asked as the system asks, wherever users are kept; null: there is none of that name. */
export function systemUserFind(name: string): SystemUser | null {
  const ask = (what: string): number =>
    Number(execFileSync('id', [what, '--', name], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }))
  try {
    return { name, uid: ask('-u'), gid: ask('-g') }
  } catch {
    return null
  }
}

/** The user that `name` says, where there is another one to become: only root can. */
export function systemUserWanted(name: string | undefined): SystemUser | null {
  return process.getuid?.() === 0 && name !== undefined && name !== 'root' ? systemUserFind(name) : null
}

/** Runs a step with the rights that the program will have: what it makes must be that user's. */
export async function asUser<Value>(user: SystemUser | null, step: () => Value | Promise<Value>): Promise<Value> {
  if (!user) return step()
  process.setegid!(user.gid)
  process.seteuid!(user.uid)
  try {
    return await step()
  } finally {
    process.seteuid!(0)
    process.setegid!(0)
  }
}

/** Goes from root to a user of fewer rights, for good. */
export function becomeUser({ name, uid, gid }: SystemUser): void {
  // The types of Node 20 do not know it.
  (process as unknown as { initgroups(user: string, group: number): void }).initgroups(name, gid)
  process.setgid!(gid)
  process.setuid!(uid)
}
