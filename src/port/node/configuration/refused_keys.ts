// Keys of mosquitto.conf that the gateway does not honour, with what to do instead. A key that is silently passed over
// would leave its owner with a broker that is not what the file says.

/** By key; the sentence follows the key's name. */
const ALWAYS: Record<string, string> = {
  use_psk_identity: 'is not known to mosquitto either: say use_identity_as_username.',
  tls_engine: 'is not supported: delete the line and name the key with keyfile.',
  tls_engine_kpass_sha1: 'is not supported: delete the line and name the key with keyfile.',
  plugin_use: 'is not supported: write plugin and its options behind the listener.',
  plugin_load: 'is not supported: write plugin and its options behind the listener that has plugin_use.',
}

/** By key and value; the sentence follows both. */
const VALUES: Record<string, string> = {
  'protocol http_api':
    'is not supported: say protocol websockets and dashboard true for a page, and start with --metrics for numbers.',
}

/** Keys that may only say what the gateway does anyway. */
const ONLY: Record<string, { value: string, sentence: string }> = {
  tls_keyform: { value: 'pem', sentence: 'is only pem here: name the key with keyfile.' },
  disable_client_cert_date_checks: {
    value: 'false', sentence: 'is not supported: give the clients certificates that are good, and say false.',
  },
}

/** The sentence against a key with this value, or null where there is none. */
export function refusalOf(key: string, value: string): string | null {
  const both = `${key} ${value}`
  if (Object.hasOwn(VALUES, both)) return `${both} ${VALUES[both]}`
  if (Object.hasOwn(ALWAYS, key)) return `${key} ${ALWAYS[key]}`
  if (!Object.hasOwn(ONLY, key) || value.replaceAll(' ', '') === ONLY[key].value) return null
  return `${key} ${ONLY[key].sentence}`
}

/** Whether a key is known here, and says nothing when it is not refused. */
export function isOnlyConfirmed(key: string): boolean {
  return Object.hasOwn(ONLY, key)
}
