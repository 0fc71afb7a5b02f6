// Tokens as an Authentication Method: the token is the Authentication Data, at CONNECT and at each re-authentication.
import { CONTINUE_AUTHENTICATION, NOT_AUTHORIZED, SUCCESS } from '../../codec/reason_code'
import type { AuthenticationMethod, AuthenticationStep } from './authentication_method'
import { realmOf } from './realm'
import { SERVER_UNAVAILABLE } from './refusal'

export const OAUTH2_JWT = 'OAUTH2-JWT'

/** A client may send its token in the first step or, asked for it, in the second. */
export const tokenMethod: AuthenticationMethod = (realm) => {
  const { tokens } = realmOf(realm)
  if (!tokens) return null
  let isAsked = false
  return async (data): Promise<AuthenticationStep> => {
    if (!data?.length && !isAsked) {
      isAsked = true
      return { reasonCode: CONTINUE_AUTHENTICATION }
    }
    const verdict = await tokens.verify(Buffer.from(data ?? []).toString('latin1'))
    if (!('why' in verdict)) return { reasonCode: SUCCESS, token: verdict }
    return { reasonCode: verdict.isUnknown ? SERVER_UNAVAILABLE : NOT_AUTHORIZED, why: verdict.why }
  }
}
