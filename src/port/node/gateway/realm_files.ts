// Users and access lists as their files have them now.
import { readAccessFile } from '../configuration/access_file'
import { ConfigurationErrors, errorsOf } from '../configuration/entries'
import type { GatewayOptions, RealmFiles } from '../configuration/options'
import { readPasswordFile } from '../configuration/password_file'
import type { Realm } from '../library/api'

function realmRead(files: RealmFiles): Realm {
  const { allowAnonymous, passwordFile, accessFile, emptyClientIdentifier, assignedPrefix } = files
  const realm: Realm = { allowAnonymous, emptyClientIdentifier, assignedPrefix }
  const errors = [
    ...errorsOf(() => { realm.users = passwordFile && readPasswordFile(passwordFile.path, passwordFile.place) }),
    ...errorsOf(() => { realm.accessRules = accessFile && readAccessFile(accessFile.path, accessFile.place) }),
  ]
  if (errors.length) throw new ConfigurationErrors(errors)
  return realm
}

/** By name; throws a sentence where a file is not good. */
export function realmsRead({ realms }: GatewayOptions): Record<string, Realm> {
  return Object.fromEntries(realms.map((files) => [files.name, realmRead(files)]))
}
