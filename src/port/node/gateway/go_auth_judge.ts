// Backends of go-auth of which one is a server, asked as the plug-in asks them: whom one of them lets in is in, and
// what one of them allows is allowed.
import { rulesSay } from '../access_rules'
import type { Backend, GoAuthBackends, HttpBackend } from '../configuration/go_auth'
import { type Credential, credentialOf } from '../credential'
import { Lately } from '../lately'
import type { AccessRequest, AccessRule, ClientClaim, RealmJudge } from '../library/api'
import { isToken } from '../tokens/token_text'
import type { TokenVerifier } from '../tokens/token_verifier'
import { AskedServer } from './http_backend'

/** Users who may do all that are known by name; of more the first are forgotten. */
const SUPERUSERS_MAX = 10_000

/** What there is beside the server. */
export interface BesideServer {
  /** null: there are none. */
  users: Map<string, Credential> | null
  rules: AccessRule[]
  /** Where they are User Names. */
  tokens: TokenVerifier | undefined
}

export class GoAuthJudge {
  private server!: AskedServer
  private asks!: ((claim: ClientClaim) => Promise<boolean>)[]
  private beside!: BesideServer
  private readonly superusers = new Lately<string | undefined, boolean>(SUPERUSERS_MAX)
  /** Verified for names that nobody has, so that the time tells nothing. */
  private readonly nobody = credentialOf('')
  /** To be called when somebody may do all from now on, or no longer. */
  changed: () => void = () => undefined

  constructor(backends: GoAuthBackends, http: HttpBackend) {
    this.set(backends, http, { users: null, rules: [], tokens: undefined })
  }

  /** Who is asked from now on, and what files say. */
  set({ names }: GoAuthBackends, http: HttpBackend, beside: BesideServer): void {
    this.server = new AskedServer(http)
    this.beside = beside
    const asks: Record<Backend, (claim: ClientClaim) => Promise<boolean>> = {
      files: (claim) => this.isInFile(claim),
      http: (claim) => this.server.isUser(claim),
      // A token has been judged before anybody is asked here.
      jwt: () => Promise.resolve(false),
    }
    this.asks = names.map((name) => asks[name])
  }

  /** What clients do is judged by `authorize` before the broker sees it, what they are sent by `allows`. */
  readonly judge: RealmJudge = {
    authenticate: async (claim: ClientClaim): Promise<boolean> => {
      const isIn = await this.isLetIn(claim)
      // What is kept for it may be sent before it asks for anything.
      if (isIn) await this.isSuperuser(claim.userName)
      return isIn
    },
    // A filter was covered by what its client may read when it subscribed, but parts of it may be denied.
    allows: ({ clientIdentifier, userName, action, topic }) => action !== 'receive' || this.mayAll(userName)
      || rulesSay(this.beside.rules, false, { clientIdentifier, userName }, 'read', topic) !== false,
  }

  readonly authorize = async (request: AccessRequest): Promise<boolean> => {
    const userName = await this.nameOf(request.userName)
    if (userName === null) return false
    if (await this.isSuperuser(userName)) return true
    const { clientIdentifier, action, topic } = request
    const access = action === 'publish' ? 'write' : 'read'
    return rulesSay(this.beside.rules, false, { clientIdentifier, userName }, access, topic) === true
      || this.server.may({ ...request, userName })
  }

  /** Rejects where nobody lets it in and one of them could not be asked. */
  private async isLetIn(claim: ClientClaim): Promise<boolean> {
    let failure: Error | undefined
    for (const ask of this.asks) {
      try {
        if (await ask(claim)) return true
      } catch (error) {
        failure ??= error as Error
      }
    }
    if (failure) throw failure
    return false
  }

  private async isInFile({ userName = '', password }: ClientClaim): Promise<boolean> {
    const known = this.beside.users?.get(userName)
    const isRight = await (known ?? this.nobody).verify(password ?? new Uint8Array(0))
    // An empty password proves nothing, whatever the file has.
    return known !== undefined && isRight && (password?.length ?? 0) > 0
  }

  /** Of a Will that comes with a token the name is not known yet. null: it is nobody's. */
  private async nameOf(userName: string | undefined): Promise<string | undefined | null> {
    if (!this.beside.tokens || userName === undefined || !isToken(userName)) return userName
    const verdict = await this.beside.tokens.verify(userName)
    return 'why' in verdict ? null : verdict.userName
  }

  /** As the server said last. */
  private mayAll(userName: string | undefined): boolean {
    return this.superusers.get(userName) === true
  }

  private async isSuperuser(userName: string | undefined): Promise<boolean> {
    const answer = await this.server.isSuperuser(userName)
    if (answer === undefined || answer === this.mayAll(userName)) return answer === true
    this.superusers.set(userName, answer)
    // Where no rule denies anything, nothing that is delivered depends on it.
    if (this.beside.rules.some(({ access }) => access === 'deny')) this.changed()
    return answer
  }
}
