// The options of the plug-in mosquitto-go-auth whose work the gateway can do: users and access lists of files, tokens
// with a secret, and a server that is asked by HTTP. Whatever else it would ask is refused, with what to write instead.
import { ConfigurationError, type Entry } from './entries'
import type { SecurityDraft } from './draft'
import type { FileNamed } from './options'
import { readBoolean, readChoice, readInteger, readPath, readText } from './values'

/** Options as they stand, by their names without auth_opt_ and plugin_opt_. */
export interface GoAuthDraft { entry: Entry, options: Map<string, Entry> }

const BACKENDS = ['files', 'jwt', 'http'] as const
export type Backend = typeof BACKENDS[number]

/** Who is asked, in this order, and the server that one of them is. */
export interface GoAuthBackends { names: Backend[], http?: HttpBackend }

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

const JWT_INSTEAD =
  'is only there with jwt_mode files: give the keys by jwt_keys_file or jwt_keys_url, Midge\'s own keys'

type Options = Map<string, Entry>

const fileOf = (options: Options, ...names: string[]): FileNamed | undefined => {
  const entry = names.map((name) => options.get(name)).find((found) => found)
  return entry && { path: readPath(entry), place: entry }
}

/** One backend's rules do not go by the board for another's. */
function accessFileSet(security: SecurityDraft, found: FileNamed | undefined): void {
  if (!found) return
  if (security.accessFile && security.accessFile.path !== found.path) {
    throw new ConfigurationError(
      found.place, 'files_acl_path and jwt_acl_path are two files; put their rules into one, and name it.')
  }
  security.accessFile = found
}

function files(security: SecurityDraft, options: Options, entry: Entry): void {
  security.passwordFile = fileOf(options, 'files_password_path', 'password_path')
  accessFileSet(security, fileOf(options, 'files_acl_path', 'acl_path'))
  if (!security.passwordFile) {
    throw new ConfigurationError(entry, 'the backend files needs auth_opt_files_password_path; add it.')
  }
}

/** Tokens are User Names there. */
function jwt(security: SecurityDraft, options: Options, entry: Entry): void {
  const [mode, secret] = [options.get('jwt_mode'), options.get('jwt_secret')]
  if (mode?.value !== 'files' || !secret) throw new ConfigurationError(mode ?? entry, `the backend jwt ${JWT_INSTEAD}.`)
  const field = options.get('jwt_userfield')
  security.tokens = {
    place: secret,
    options: {
      secrets: [readText(secret)], isUserName: true, algorithms: ['HS256'],
      userClaim: field && readChoice(field, { Subject: 'sub', Username: 'username' }),
    },
  }
  accessFileSet(security, fileOf(options, 'jwt_acl_path', 'jwt_aclpath'))
}

/** The server that is asked. */
function http(options: Options, entry: Entry): HttpBackend {
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
  const hasSuperusers = options.has('http_superuser_uri') && !optional('disable_superuser', readBoolean, false)
  return {
    base, user: path('http_getuser_uri'), access: path('http_aclcheck_uri'),
    superuser: hasSuperusers ? path('http_superuser_uri') : undefined,
    params: optional('http_params_mode', (found) =>
      readChoice<'json' | 'form'>(found, { json: 'json', form: 'form' }), 'json'),
    response: optional('http_response_mode', (found) =>
      readChoice<'status' | 'json' | 'text'>(found, { status: 'status', json: 'json', text: 'text' }), 'status'),
    method: optional('http_method', (found) => readChoice<'GET' | 'POST'>(found, { GET: 'GET', POST: 'POST' }), 'POST'),
    isUnverified: isTls && !optional('http_verify_peer', readBoolean, false), place: entry,
  }
}

/** What would have the backends judge otherwise than they do here, and is refused, as it is where it says true. */
const OTHERWISE: Record<string, string> = {
  check_prefix: 'a User Name\'s prefix chooses no backend: all of them are asked',
  use_clientid_as_username: 'clients are known by their User Names: say use_username_as_clientid, or delete the line',
}

function otherwiseCheck(options: Options): void {
  for (const [name, why] of Object.entries(OTHERWISE)) {
    const option = options.get(name)
    if (option && readBoolean(option)) throw new ConfigurationError(option, `${why}.`)
  }
  const register = BACKENDS.map((name) => options.get(`${name}_register`)).find((option) => option)
  if (register) {
    throw new ConfigurationError(register, 'each backend is asked both for users and for access; delete the line.')
  }
}

function backendsOf(backends: Entry): Backend[] {
  const names = [...new Set(readText(backends).split(/[\s,]+/))]
  const isBackend = (name: string): name is Backend => BACKENDS.some((known) => known === name)
  for (const name of names) {
    if (isBackend(name)) continue
    throw new ConfigurationError(
      backends, `go-auth's backend ${name} is not supported: keep users in files, or ask a server by http.`)
  }
  return names.filter(isBackend)
}

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
  otherwiseCheck(options)
  const names = backendsOf(backends)
  if (names.includes('files')) files(security, options, entry)
  if (names.includes('jwt')) jwt(security, options, entry)
  security.backends = { names, http: names.includes('http') ? http(options, entry) : undefined }
}
