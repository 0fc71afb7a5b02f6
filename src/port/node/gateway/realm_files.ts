// Users, access lists and dynamic security as their files have them now.
import { readAccessFile } from '../configuration/access_file'
import { ConfigurationError, ConfigurationErrors, errorsOf } from '../configuration/entries'
import type { DynamicSecurityFile, GatewayOptions, RealmFiles } from '../configuration/options'
import { readPasswordFile } from '../configuration/password_file'
import { readPskFile } from '../configuration/psk_file'
import type { TokenDraft } from '../configuration/token_keys'
import { credentialPackagesCheck } from '../credential'
import { DynamicSecurity, type Told } from '../dynamic_security/dynamic_security'
import { HttpJudge } from './http_backend'
import type { Realm, TokenOptions } from '../library/api'
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

/** The realms of a configuration, read again when they are asked to. */
export class RealmReader {
  /** There is one at the most, as its commands have one topic. */
  dynamicSecurity: DynamicSecurity | undefined

  /** A server that is asked; there is one for all listeners. */
  readonly httpJudge: HttpJudge | undefined

  constructor(private options: GatewayOptions, private readonly told: Told = () => undefined) {
    const backend = options.realms.find(({ httpBackend }) => httpBackend)?.httpBackend
    this.httpJudge = backend && new HttpJudge(backend)
  }

  /** By name; throws all that is wrong with the files, a sentence each. */
  read(): Record<string, Realm> {
    const errors: ConfigurationError[] = []
    const realms = this.options.realms.map((files) => {
      const realm: Realm = { allowAnonymous: files.allowAnonymous }
      errors.push(...this.fill(realm, files))
      return [files.name, realm] as const
    })
    if (errors.length) throw new ConfigurationErrors(errors)
    return Object.fromEntries(realms)
  }

  private fill(realm: Realm, files: RealmFiles): ConfigurationError[] {
    const { passwordFile, accessFile, pskFile, dynamicSecurity, emptyClientIdentifier, assignedPrefix, tokens } = files
    Object.assign(realm, { emptyClientIdentifier, assignedPrefix })
    return [
      ...errorsOf(() => { realm.users = passwordFile && readPasswordFile(passwordFile.path, passwordFile.place) }),
      ...errorsOf(() => { realm.accessRules = accessFile && readAccessFile(accessFile.path, accessFile.place) }),
      ...errorsOf(() => { realm.pskKeys = pskFile && readPskFile(pskFile.path, pskFile.place) }),
      ...errorsOf(() => { realm.tokens = tokens && tokensRead(tokens) }),
      ...errorsOf(() => { if (files.httpBackend) realm.judge = this.httpJudge?.judge }),
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
