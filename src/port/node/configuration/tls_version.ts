// The lowest version of TLS that a key asks for. Those before 1.2 are not spoken: who asks for one of them gets more,
// and is told so.
import { type Draft, notice } from './draft'
import type { Entry } from './entries'
import { readChoice } from './values'

export function readTlsVersion({ options }: Draft, entry: Entry): 'TLSv1.2' | 'TLSv1.3' {
  const { key, value } = entry
  if (value !== 'tlsv1' && value !== 'tlsv1.1') {
    return readChoice(entry, { 'tlsv1.2': 'TLSv1.2', 'tlsv1.3': 'TLSv1.3' })
  }
  notice(options, entry, `${key} is ${value}; what is spoken is tlsv1.2 and later`)
  return 'TLSv1.2'
}
