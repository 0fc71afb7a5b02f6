// The options of the plug-in mosquitto-go-auth whose work the gateway can do: users and access lists of files, tokens
// with a secret, and a server that is asked by HTTP. Whatever else it would ask is refused, with what to write instead.
import { ConfigurationError, type Entry } from './entries'
import type { SecurityDraft } from './draft'
import type { FileNamed } from './options'
import { readBoolean, readChoice, readInteger, readPath, readText } from './values'

/** Options as they stand, by their names without auth_opt_ and plugin_opt_. */
export interface GoAuthDraft { entry: Entry, options: Map<string, Entry> }

/** A server that says who may come in and do what. */
export interface HttpBackend {
  base: string
  /** Paths; undefined: nobody is a superuser. */
  user: string
  superuser?: string
  access: string
  params: 'json' | 'form'
  response: 'status' | 'json' | 'text'
  method: 'GET' | 'POST'
  isUnverified: boolean
  place: Entry
}

const INSTEAD: Record<string, string> = {
  jwt: 'is only there with jwt_mode files: give the keys by jwt_keys_file or jwt_keys_url, Midge\'s own keys',
  http: 'goes alone: leave the other backends out',
}

type Options = Map<string, Entry>

const fileOf = (options: Options, ...names: string[]): FileNamed | undefined => {
  const entry = names.map((name) => options.get(name)).find((found) => found)
  return entry && { path: readPath(entry), place: entry }
}

function files(security: SecurityDraft, options: Options, entry: Entry): void {
  security.passwordFile = fileOf(options, 'files_password_path', 'password_path')
  security.accessFile = fileOf(options, 'files_acl_path', 'acl_path')
  if (!security.passwordFile) {
    throw new ConfigurationError(entry, 'the backend files needs auth_opt_files_password_path; add it.')
  }
}

/** Tokens are User Names there. */
function jwt(security: SecurityDraft, options: Options, entry: Entry): void {
  const [mode, secret] = [options.get('jwt_mode'), options.get('jwt_secret')]
  if (mode?.value !== 'files' || !secret) throw new ConfigurationError(mode ?? entry, `the backend jwt ${INSTEAD.jwt}.`)
  const field = options.get('jwt_userfield')
  security.tokens = {
    place: secret,
    options: {
      secrets: [readText(secret)], isUserName: true, algorithms: ['HS256'],
      userClaim: field && readChoice(field, { Subject: 'sub', Username: 'username' }),
    },
  }
  security.accessFile ??= fileOf(options, 'jwt_acl_path', 'jwt_aclpath')
}

function http(security: SecurityDraft, options: Options, entry: Entry): void {
  const needed = (name: string): Entry => {
    const found = options.get(name)
    if (found) return found
    throw new ConfigurationError(entry, `the backend http needs auth_opt_${name}; add it.`)
  }
  const optional = <Value>(name: string, read: (found: Entry) => Value, usual: Value): Value => {
    const found = options.get(name)
    return found ? read(found) : usual
  }
  const isTls = optional('http_with_tls', readBoolean, false)
  const port = optional('http_port', (found) => readInteger(found, 1, 65_535), isTls ? 443 : 80)
  const path = (name: string): string => readText(needed(name)).replace(/^\/?/, '/')
  const base = `${isTls ? 'https' : 'http'}://${readText(needed('http_host'))}:${port}`
  if (!URL.canParse(base)) {
    throw new ConfigurationError(needed('http_host'), `${needed('http_host').value} is no host; say auth.example, say.`)
  }
  security.httpBackend = {
    base, user: path('http_getuser_uri'), access: path('http_aclcheck_uri'),
    superuser: options.has('http_superuser_uri') ? path('http_superuser_uri') : undefined,
    params: optional('http_params_mode', (found) =>
      readChoice<'json' | 'form'>(found, { json: 'json', form: 'form' }), 'json'),
    response: optional('http_response_mode', (found) =>
      readChoice<'status' | 'json' | 'text'>(found, { status: 'status', json: 'json', text: 'text' }), 'status'),
    method: optional('http_method', (found) => readChoice<'GET' | 'POST'>(found, { GET: 'GET', POST: 'POST' }), 'POST'),
    isUnverified: isTls && !optional('http_verify_peer', readBoolean, false), place: entry,
  }
}

const BACKENDS: Record<string, (security: SecurityDraft, options: Options, entry: Entry) => void> = { files, jwt, http }

/** Has the options take the places of Midge's own keys; throws what is not there. */
export function goAuthFinish(security: SecurityDraft): void {
  if (!security.goAuth) return
  const { entry, options } = security.goAuth
  // Once, also where each listener asks for it.
  security.goAuth = undefined
  const backends = options.get('backends')
  if (!backends) throw new ConfigurationError(entry, 'go-auth needs auth_opt_backends; say files, jwt or http.')
  if (security.passwordFile ?? security.accessFile) {
    throw new ConfigurationError(entry, 'go-auth and password_file or acl_file stand together; delete one of them.')
  }
  const names = readText(backends).split(/[\s,]+/)
  for (const name of names) {
    if (!Object.hasOwn(BACKENDS, name)) {
      throw new ConfigurationError(
        backends, `go-auth's backend ${name} is not supported: keep users in files, or ask a server by http.`)
    }
    if (name === 'http' && names.length > 1) throw new ConfigurationError(backends, `the backend http ${INSTEAD.http}.`)
    BACKENDS[name](security, options, entry)
  }
}
