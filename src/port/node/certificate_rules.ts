// Who a client is by its certificate, where rules say it: the first whose pattern fits one of the certificate's names.
import type { X509Certificate } from 'node:crypto'
import { subjectText } from './certificate_subject'
import type { CertificateRule } from './library/api'

/** Characters of a name, and stars of a pattern: each is tried at every place. */
const NAME_SIZE_MAX = 1_024
const STARS_MAX = 4

export const CERTIFICATE_FIELDS = ['cn', 'subject', 'dns', 'email', 'uri', 'ip', 'serial', 'fingerprint'] as const

/** Node's words for the kinds of Subject Alternative Names. */
const KINDS: Partial<Record<CertificateRule['field'], string>> = {
  dns: 'DNS', email: 'email', uri: 'URI', ip: 'IP Address',
}

/** What is wrong with a rule, to follow its name; null: it is good. */
export function certificateRuleProblem({ field, pattern, userName }: CertificateRule): string | null {
  if (!CERTIFICATE_FIELDS.includes(field)) return `has ${field} for a field; say ${CERTIFICATE_FIELDS.join(', ')}`
  const stars = pattern.split('*').length - 1
  if (stars > STARS_MAX) return `has ${stars} stars; ${STARS_MAX} are the most`
  const missing = [...userName.matchAll(/\$(\d)/g)].find(([, star]) => Number(star) < 1 || Number(star) > stars)
  if (missing) return `has ${missing[0]} in the User Name but no such star in its pattern`
  return pattern && userName ? null : 'has no pattern or no User Name'
}

/** Subject Alternative Names by kind, where the whole of them is understood: a name could hold a forged one. */
function alternativeNames(text: string | undefined): [string, string][] {
  const names: [string, string][] = []
  const entry = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y
  while (text && entry.lastIndex < text.length) {
    const match = entry.exec(text)
    if (!match) return []
    try {
      names.push([match[1], match[2].startsWith('"') ? JSON.parse(match[2]) as string : match[2]])
    } catch {
      return []
    }
  }
  return names
}

/** The Common Name; one of several is nobody's. */
function commonNames(certificate: X509Certificate): string[] {
  const name: unknown = certificate.toLegacyObject().subject?.CN
  return typeof name === 'string' ? [name] : []
}

function namesOf(certificate: X509Certificate, field: CertificateRule['field']): string[] {
  if (field === 'cn') return commonNames(certificate)
  if (field === 'subject') return [subjectText(certificate.subject)]
  if (field === 'serial') return [certificate.serialNumber]
  if (field === 'fingerprint') return [certificate.fingerprint256]
  return alternativeNames(certificate.subjectAltName).filter(([kind]) => kind === KINDS[field]).map(([, name]) => name)
}

const expressionOf = (pattern: string): RegExp =>
  new RegExp(`^${pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('(.*)')}$`, 's')

/** The User Name by the first rule that fits; undefined: none does. */
export function certificateUser(certificate: X509Certificate, rules: CertificateRule[]): string | undefined {
  for (const { field, pattern, userName } of rules) {
    for (const name of namesOf(certificate, field)) {
      const match = name.length > NAME_SIZE_MAX ? null : expressionOf(pattern).exec(name)
      const user = match && userName.replace(/\$(\d)/g, (_all, star: string) => match[Number(star)])
      if (user && !user.includes('\0')) return user
    }
  }
  return undefined
}
