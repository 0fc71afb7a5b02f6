// What the start would find wrong, found without starting: no port is opened and nothing is written.
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { bridgeTerms } from '../bridge/bridge_terms'
import { tlsTermsOf } from '../bridge/network'
import { ConfigurationError, type Place, errorsOf } from '../configuration/entries'
import type { GatewayOptions } from '../configuration/options'
import type { BridgeOptions, TlsFiles } from '../library/api'
import { payloadRuleCheck } from '../payload/payload_judge'
import { SchemaError } from '../payload/schema_error'
import { secureContextOf } from '../tls_context'
import { bansRead } from './ban_file'
import { folderCheck, isFolderCheck, writableCheck } from './place_check'
import { RealmReader } from './realm_files'
import { systemUserFind } from './system_user'

/** Files of TLS, a listener's or a bridge's. */
type Files = Partial<Pick<TlsFiles, 'certfile' | 'keyfile' | 'cafile' | 'dhparamfile' | 'crlfile'>>

/** OpenSSL's words for what is wrong with a file, by what its error is called, as a sentence about whose TLS it is. */
const TLS_SENTENCES: [RegExp, (files: Files) => string][] = [
  [/KEY_VALUES_MISMATCH|key values mismatch/i,
    ({ certfile, keyfile }) => `${keyfile} is not the key of the certificate in ${certfile}; give the one that is.`],
  [/NO_CIPHER_MATCH|no cipher match/i, () => 'ciphers names none that OpenSSL knows; delete the line or name others.'],
]

const CRL_MARK = '-----BEGIN X509 CRL-----'
const DH_MARK = '-----BEGIN DH PARAMETERS-----'

/** Whether a file's content is what it should be; `read` throws where it is not. */
function isGood(file: string, read: (content: Buffer) => unknown): boolean {
  try {
    read(readFileSync(file))
    return true
  } catch {
    return false
  }
}

/** The first of the files that is not what it should be. */
function notPem({ certfile, keyfile, cafile, dhparamfile, crlfile }: Files): string | undefined {
  const certificate = (content: Buffer): unknown => new X509Certificate(content)
  if (certfile !== undefined && !isGood(certfile, certificate)) return certfile
  if (keyfile !== undefined && !isGood(keyfile, createPrivateKey)) return keyfile
  if (cafile !== undefined && !isGood(cafile, certificate)) return cafile
  // Of these Node takes anything.
  if (dhparamfile !== undefined && !readFileSync(dhparamfile).includes(DH_MARK)) return dhparamfile
  return crlfile !== undefined && !readFileSync(crlfile).includes(CRL_MARK) ? crlfile : undefined
}

/** `use` throws where the files cannot be used together. */
function tlsCheck(tls: Files, place: Place, use: () => unknown): void {
  try {
    // Of an authority Node takes anything.
    const wrong = notPem(tls)
    if (wrong !== undefined) {
      throw new ConfigurationError(
        place, `${wrong} is no PEM of what it should be; give a certificate, or its key without a password.`)
    }
    use()
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    const { code, path, message } = error as NodeJS.ErrnoException
    if (path !== undefined) {
      throw new ConfigurationError(place, `${path} cannot be read (${code}); give this user the right to.`)
    }
    const known = TLS_SENTENCES.find(([words]) => words.test(`${code} ${message}`))
    throw new ConfigurationError(place, known ? known[1](tls) : `its TLS is not good: ${message}.`)
  }
}

function bridgeCheck(bridge: BridgeOptions, place: Place): void {
  try {
    bridgeTerms(bridge)
  } catch (error) {
    throw new ConfigurationError(place, (error as Error).message)
  }
  const { tls } = bridge
  if (tls) tlsCheck(tls, place, () => tlsTermsOf(tls))
}

/** Two listeners cannot have one port of one address. */
function portsCheck({ listeners, listenerPlaces }: GatewayOptions): void {
  const seen = new Set<string>()
  for (const [i, { host = '127.0.0.1', port = 1_883, path }] of listeners.entries()) {
    const where = path ?? `port ${port} of ${host === '*' ? 'all addresses' : host}`
    if (port !== 0 && seen.has(where)) {
      throw new ConfigurationError(listenerPlaces[i], `there is another listener on ${where}; give it another one.`)
    }
    seen.add(where)
  }
}

/** Whether the system knows the user to become; only root becomes another one. */
function userCheck({ systemUser }: GatewayOptions): void {
  if (!systemUser || process.getuid?.() !== 0 || systemUserFind(systemUser.name)) return
  throw new ConfigurationError(
    systemUser.place, `there is no user ${systemUser.name} on this computer; add it, or delete the line.`)
}

/** What is wrong with the schemas that rules for payloads name, a sentence each. */
export async function payloadErrors({ payloadRules, payloadPlaces }: GatewayOptions): Promise<ConfigurationError[]> {
  const errors: ConfigurationError[] = []
  for (const [i, rule] of payloadRules.entries()) {
    await payloadRuleCheck(rule).catch((error: Error) => {
      // A schema's own line, where it is one.
      errors.push(error instanceof SchemaError ? new ConfigurationError(error.place, error.what)
        : new ConfigurationError(payloadPlaces[i], error.message))
    })
  }
  return errors
}

/** Checks all that the options name. Answers all that is wrong, a sentence each. */
export function configurationErrors(options: GatewayOptions): ConfigurationError[] {
  const errors: ConfigurationError[] = []
  const check = (step: () => void): void => {
    errors.push(...errorsOf(step))
  }
  check(() => void new RealmReader(options).read())
  options.listeners.forEach((listener, i) => {
    const place = options.listenerPlaces[i]
    const { tls } = listener
    if (tls) check(() => tlsCheck(tls, place, () => secureContextOf(tls)))
    if (listener.path !== undefined) check(() => writableCheck(listener.path!, place, 'listener'))
    if (listener.httpFolder !== undefined) check(() => isFolderCheck(listener.httpFolder!, place, 'http_dir'))
  })
  check(() => portsCheck(options))
  const { persistence, persistencePlace } = options
  if (persistence && persistencePlace) {
    check(() => folderCheck(persistence.location, persistencePlace, 'persistence_location'))
  }
  const { spool: { location }, spoolPlace } = options
  if (location !== undefined && spoolPlace) check(() => folderCheck(location, spoolPlace, 'spool_location'))
  options.bridges.forEach((bridge, i) => check(() => bridgeCheck(bridge, options.bridgePlaces[i])))
  for (const { file, place } of options.log.destinations) {
    if (file !== undefined && place) check(() => writableCheck(file, place, 'log_dest'))
  }
  const { pidFile, banFile, auditLog } = options
  if (pidFile) check(() => writableCheck(pidFile.path, pidFile.place, 'pid_file'))
  if (banFile) {
    check(() => {
      writableCheck(banFile.path, banFile.place, 'ban_file')
      bansRead(banFile)
    })
  }
  if (auditLog && !['stdout', 'stderr'].includes(auditLog.path)) {
    check(() => writableCheck(auditLog.path, auditLog.place, 'audit_log'))
  }
  check(() => userCheck(options))
  return errors
}
