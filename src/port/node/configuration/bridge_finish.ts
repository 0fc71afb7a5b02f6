// A bridge's options when all of its keys have been read.
import type { BridgeOptions } from '../library/bridge_api'
import type { BridgeDraft } from './bridge_keys'
import { notice } from './draft'
import { ConfigurationError } from './entries'
import type { GatewayOptions } from './options'

/** A bridge with its TLS, which is there or not but never half; the notices get what changes nothing. */
export function finishBridge(draft: BridgeDraft, { realms, notices }: GatewayOptions): BridgeOptions {
  const { tls, hasAuthorities, place } = draft
  const options = { ...draft.options, local: localOf(draft, realms.map(({ name }) => name), notices) }
  const wrong = (sentence: string): never => {
    throw new ConfigurationError(place, `connection ${options.name} ${sentence}`)
  }
  if (!options.addresses.length) wrong('has no address; add the other broker\'s.')
  const { certfile, keyfile } = tls
  if (!certfile !== !keyfile) wrong(`has no ${certfile ? 'bridge_keyfile' : 'bridge_certfile'}; add it.`)
  if (options.remote?.password !== undefined && options.remote.userName === undefined) {
    wrong('has a remote_password but no remote_username; add it.')
  }
  const { psk } = tls
  if (psk && (hasAuthorities || certfile)) wrong('has both bridge_psk and certificates; TLS has one of them.')
  if (psk && !psk.identity !== !psk.key) wrong(`has no ${psk.key ? 'bridge_identity' : 'bridge_psk'}; add it.`)
  if (hasAuthorities || psk) return { ...options, tls }
  if (certfile) wrong('has a bridge_certfile but nothing to judge the other broker by; add bridge_cafile.')
  if (Object.keys(tls).length) {
    notice({ notices }, place, `connection ${options.name} has no TLS, as it has no bridge_cafile or bridge_capath`)
  }
  return options
}

/** Who it is here: a user is one of a realm, of which each listener may have its own. */
function localOf({ options: { local }, userPlace }: BridgeDraft, realms: string[], notices: string[]):
BridgeOptions['local'] {
  if (!userPlace) return local
  const [realm, ...others] = realms
  if (!others.length) return { ...local, realm }
  notice({ notices }, userPlace,
    'local_username changes nothing: with per_listener_settings a user is a listener\'s, and a bridge has none')
  return { ...local, userName: undefined }
}
