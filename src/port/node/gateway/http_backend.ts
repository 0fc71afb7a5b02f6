// A server that says who may come in and do what, in the words of go-auth's HTTP backend. Its answers about topics are
// remembered for a while; whatever is no clear yes is a no.
import { KEY_SIZE_MAX } from '../answers'
import type { HttpBackend } from '../configuration/go_auth'
import { BoundedMap } from '../guard/bounded_map'
import type { AccessRequest, ClientClaim } from '../library/api'
import { type HttpAnswer, httpCall } from '../tokens/http_call'

/** go-auth's numbers for what is done with a topic. */
const READ = 1
const WRITE = 2
const SUBSCRIBE = 4

const REMEMBERED_MAX = 10_000
const REMEMBERED_MS = 30_000

type Params = Record<string, string | number>

export class AskedServer {
  private readonly answers = new BoundedMap<{ at: number, answer?: Promise<boolean> }>(
    REMEMBERED_MAX, () => ({ at: -Infinity }), ({ at }, now) => now - at > REMEMBERED_MS)

  constructor(private readonly backend: HttpBackend) {}

  /** Rejects where the server does not answer. */
  async isUser({ userName, password, clientIdentifier }: ClientClaim): Promise<boolean> {
    return userName !== undefined && password !== undefined && this.ask(this.backend.user, {
      username: userName, password: Buffer.from(password).toString(), clientid: clientIdentifier,
    })
  }

  /** undefined: the server does not answer. */
  async isSuperuser(userName = ''): Promise<boolean | undefined> {
    const { superuser } = this.backend
    return superuser !== undefined && this.remembered(superuser, { username: userName })
  }

  async may({ clientIdentifier, userName = '', action, topic }: AccessRequest): Promise<boolean> {
    const asked = { username: userName, clientid: clientIdentifier, topic }
    const can = async (acc: number): Promise<boolean> =>
      await this.remembered(this.backend.access, { ...asked, acc }) === true
    if (action === 'publish') return can(WRITE)
    // What is delivered is not asked for one by one: all that the filter matches must be readable.
    return await can(SUBSCRIBE) && await can(READ)
  }

  /** Its answer, at most so old; undefined: there is none, which is not remembered. */
  private async remembered(path: string, params: Params): Promise<boolean | undefined> {
    const now = performance.now()
    const key = JSON.stringify([path, params])
    if (key.length > KEY_SIZE_MAX) return this.ask(path, params).catch(() => undefined)
    const known = this.answers.take(key, now)
    if (!known.answer || now - known.at > REMEMBERED_MS) {
      known.at = now
      known.answer = this.ask(path, params)
    }
    return known.answer.catch(() => {
      known.answer = undefined
      return undefined
    })
  }

  /** Rejects where the server does not answer. */
  private async ask(path: string, params: Params): Promise<boolean> {
    const { base, method, params: mode, isUnverified } = this.backend
    const isJson = mode === 'json'
    const form = new URLSearchParams()
    for (const [name, value] of Object.entries(params)) form.set(name, String(value))
    return this.isYes(await httpCall(new URL(path, base), {
      method, isUnverified, body: isJson ? JSON.stringify(params) : form.toString(),
      headers: { 'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded' },
    }))
  }

  private isYes({ status, body }: HttpAnswer): boolean {
    if (status >= 500) throw new Error(`The server answers ${status}.`)
    if (status < 200 || status > 299) return false
    if (this.backend.response === 'status') return true
    if (this.backend.response === 'text') return body.trim() === 'ok'
    const { Ok: isOk, ok } = JSON.parse(body) as { Ok?: unknown, ok?: unknown }
    return isOk === true || ok === true
  }
}
