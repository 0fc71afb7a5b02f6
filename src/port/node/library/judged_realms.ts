// Realms in words become what their clients are judged by.
import type { createBroker } from 'midge-mqtt'
import type { Credential } from '../credential'
import { TokenVerifier } from '../tokens/token_verifier'
import type { Realm, UserPassword } from './api'

type Parsers = Pick<ReturnType<typeof createBroker>, 'credentialOf' | 'credentialParse'>

/** Credentials by user; throws where a hash is in no form that is known. */
export function credentialsOf(
  { credentialOf, credentialParse }: Parsers, users: Record<string, UserPassword> | undefined,
): Map<string, Credential> | null {
  if (!users) return null
  return new Map(Object.entries(users).map(([name, password]) => {
    const credential = typeof password === 'string' ? credentialOf(password) : credentialParse(password.hash)
    if (!credential) throw new TypeError(`The hash of user ${name} is in no form that is known.`)
    return [name, credential]
  }))
}

/** By name; what the verifiers of `before` have fetched is gone on with. */
export function verifiersOf(
  realms: Record<string, Realm>, before: Map<string, TokenVerifier | undefined>,
): Map<string, TokenVerifier | undefined> {
  return new Map(Object.entries(realms).map(([name, { tokens }]) =>
    [name, tokens && new TokenVerifier(tokens, before.get(name))]))
}
