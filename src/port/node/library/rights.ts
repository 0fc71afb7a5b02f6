// Who may come in and do what, as the program has said it last: users, rules, realms and tokens of a broker.
import type { createBroker } from 'midge-mqtt'
import { TokenVerifier } from '../tokens/token_verifier'
import type { AccessRule, Realm, TokenOptions, UserPassword } from './api'
import { credentialsOf, verifiersOf } from './judged_realms'
import { rulesApply } from './rules_apply'

export class Rights {
  private rules: AccessRule[] = []
  private realms: Record<string, Realm> = {}
  private readonly tokens: TokenVerifier | undefined
  private verifiers = new Map<string, TokenVerifier | undefined>()

  /** `localName` is the User Name of the program's own, who may do all; `ownTokens` are the broker's own. */
  constructor(
    private readonly instance: ReturnType<typeof createBroker>, private readonly localName: string,
    private readonly ownTokens: TokenOptions | undefined,
  ) {
    this.tokens = ownTokens && new TokenVerifier(ownTokens)
  }

  usersSet(users: Record<string, UserPassword> | undefined, allowAnonymous: boolean | undefined): void {
    this.instance.usersSet({ users: credentialsOf(this.instance, users), allowAnonymous, tokens: this.tokens })
  }

  realmsSet(realms: Record<string, Realm>): void {
    const verifiers = verifiersOf(realms, this.verifiers)
    const judged = Object.entries(realms).map(([name, { users, ...realm }]) =>
      [name, { ...realm, users: credentialsOf(this.instance, users), tokens: verifiers.get(name) }] as const)
    this.apply(this.rules, realms)
    this.verifiers = verifiers
    this.instance.realmsSet(new Map(judged))
    this.instance.answersForget()
  }

  rulesSet(rules: AccessRule[]): void {
    this.apply(rules, this.realms)
  }

  /** The judges of realms may say otherwise now. */
  changed(): void {
    this.instance.answersForget()
    for (const [name, { judge }] of Object.entries(this.realms)) {
      if (judge) this.instance.accessListJudge(this.instance.accessListOf(name))
    }
  }

  /** What is not taken, as there are too many, leaves all as it was. */
  private apply(rules: AccessRule[], realms: Record<string, Realm>): void {
    const { instance, localName, ownTokens } = this
    try {
      rulesApply(instance, rules, realms, localName, ownTokens)
    } catch (error) {
      rulesApply(instance, this.rules, this.realms, localName, ownTokens)
      throw error
    }
    this.rules = rules
    this.realms = realms
  }
}
