// Users, access lists and dynamic security as their files have them now.
import { readAccessRules, readGoAuthRules, rulesAlone } from '../configuration/access_file'
import { ConfigurationError, ConfigurationErrors, errorsOf } from '../configuration/entries'
import type { GoAuthBackends, HttpBackend } from '../configuration/go_auth'
import type { DynamicSecurityFile, GatewayOptions, RealmFiles } from '../configuration/options'
import { readPasswordFile } from '../configuration/password_file'
import { readPskFile } from '../configuration/psk_file'
import type { TokenDraft } from '../configuration/token_keys'
import { credentialOf, credentialPackagesCheck, credentialParse } from '../credential'
import { DynamicSecurity, type Told } from '../dynamic_security/dynamic_security'
import { GoAuthJudge } from './go_auth_judge'
import type { AccessRule, Broker, Realm, TokenOptions } from '../library/api'
import { credentialsOf } from '../library/judged_realms'
import { TokenVerifier, tokenPackagesCheck } from '../tokens/token_verifier'

function dynamicSecurityRead({ path, place, initFile }: DynamicSecurityFile, told: Told): DynamicSecurity {
  try {
    return new DynamicSecurity(path, told, initFile)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === undefined ? message : `it cannot be read (${code})`
    throw new ConfigurationError(
      place, `${path}: ${why}; write it with \`mosquitto_ctrl dynsec init\`, or name one that is not there yet.`)
  }
}

/** Looks whether the files of keys are what they should be. */
function tokensRead({ options, place }: TokenDraft): TokenOptions {
  try {
    void new TokenVerifier(options)
    return options
  } catch (error) {
    throw new ConfigurationError(place, (error as Error).message)
  }
}

/** undefined: there is no file. */
function rulesRead({ accessFile, backends }: RealmFiles): AccessRule[] | undefined {
  return accessFile && (backends ? readGoAuthRules : readAccessRules)(accessFile.path, accessFile.place)
}

/** With a server what files say is judged together with its answers. */
function goAuthSet(realm: Realm, judge: GoAuthJudge, backends: GoAuthBackends, http: HttpBackend): void {
  const { users, accessRules: rules = [], tokens } = realm
  judge.set(backends, http, {
    users: credentialsOf({ credentialOf, credentialParse }, users), rules, tokens: tokens && new TokenVerifier(tokens),
  })
  realm.accessRules = undefined
  realm.judge ??= judge.judge
}

/** The realms of a configuration, read again when they are asked to. */
export class RealmReader {
  /** There is one at the most, as its commands have one topic. */
  dynamicSecurity: DynamicSecurity | undefined

  /** A server that is asked; there is one for all listeners. */
  readonly goAuthJudge: GoAuthJudge | undefined

  constructor(private options: GatewayOptions, private readonly told: Told = () => undefined) {
    const backends = options.realms.find((realm) => realm.backends?.http)?.backends
    this.goAuthJudge = backends?.http && new GoAuthJudge(backends, backends.http)
  }

  /** By name; throws all that is wrong with the files, a sentence each. */
  read(): Record<string, Realm> {
    const errors: ConfigurationError[] = []
    const realms = this.options.realms.map((files) => {
      const realm: Realm = { allowAnonymous: files.allowAnonymous }
      errors.push(...this.fill(realm, files))
      return [realm, files] as const
    })
    if (errors.length) throw new ConfigurationErrors(errors)
    for (const [realm, { backends }] of realms) {
      if (backends?.http && this.goAuthJudge) goAuthSet(realm, this.goAuthJudge, backends, backends.http)
      else if (realm.accessRules) realm.accessRules = rulesAlone(realm.accessRules)
    }
    return Object.fromEntries(realms.map(([realm, { name }]) => [name, realm]))
  }

  /** Has a broker judge by what was read. */
  apply(broker: Broker, read: Record<string, Realm>): void {
    broker.realmsSet(read)
    if (this.goAuthJudge) this.goAuthJudge.changed = () => broker.rightsChanged()
  }

  private fill(realm: Realm, files: RealmFiles): ConfigurationError[] {
    const { passwordFile, pskFile, dynamicSecurity, emptyClientIdentifier, assignedPrefix, tokens } = files
    Object.assign(realm, { emptyClientIdentifier, assignedPrefix })
    return [
      ...errorsOf(() => { realm.users = passwordFile && readPasswordFile(passwordFile.path, passwordFile.place) }),
      ...errorsOf(() => { realm.accessRules = rulesRead(files) }),
      ...errorsOf(() => { realm.pskKeys = pskFile && readPskFile(pskFile.path, pskFile.place) }),
      ...errorsOf(() => { realm.tokens = tokens && tokensRead(tokens) }),
      ...errorsOf(() => { if (dynamicSecurity) realm.judge = this.judgeOf(dynamicSecurity) }),
    ]
  }

  private judgeOf(file: DynamicSecurityFile): Realm['judge'] {
    const first = this.options.realms.find(({ dynamicSecurity }) => dynamicSecurity)?.dynamicSecurity
    if (first && first.path !== file.path) {
      throw new ConfigurationError(file.place, 'there is another dynamic security before; give all listeners one file.')
    }
    this.dynamicSecurity ??= dynamicSecurityRead(file, this.told)
    return this.dynamicSecurity.judge
  }

  /** Rejects with a sentence where what passwords or tokens need is not installed. */
  async packagesCheck(realms: Record<string, Realm>): Promise<void> {
    const passwords = Object.values(realms).flatMap(({ users = {} }) => Object.values(users))
    const hashes = passwords.flatMap((password) => typeof password === 'string' ? [] : [password.hash])
    await credentialPackagesCheck(hashes)
    if (Object.values(realms).some(({ tokens }) => tokens)) await tokenPackagesCheck()
  }

  /** The same by other options, and by the files as they are now; throws, and changes nothing. */
  readAgain(options: GatewayOptions): Record<string, Realm> {
    const before = this.options
    this.options = options
    try {
      const read = this.read()
      this.dynamicSecurity?.reload()
      return read
    } catch (error) {
      this.options = before
      throw error
    }
  }
}
