// The worked example of CONTRIBUTING.md as files: those that it has whole, and those of the repository as it changes
// them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../scripts/lib/root.mjs'

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** Listings of a kind in a section, without their fences. */
function listings(section: string, kind: string): string[] {
  return [...section.matchAll(new RegExp(`^\`\`\`${kind}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text)
}

/** A text with a change: lines that stay have a blank in front, those that come a `+`, those that go a `-`. */
function changed(file: string, text: string, change: string): string {
  const lines = change.split('\n').slice(0, -1)
  const before = lines.filter((line) => !line.startsWith('+')).map((line) => `${line.slice(1)}\n`).join('')
  const after = lines.filter((line) => !line.startsWith('-')).map((line) => `${line.slice(1)}\n`).join('')
  const parts = text.split(before)
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places for a change:\n${before}`)
  return parts.join(after)
}

/** Texts by their paths in the repository. */
export function workedExample(): Record<string, string> {
  const [, section] = read('CONTRIBUTING.md').split('\n## Add a feature\n')
  const sources: Record<string, string> = {}
  for (const text of listings(section, 'ts')) {
    const [first] = text.split('\n')
    sources[first.replace('// ', '')] = text.slice(first.length + 1)
  }
  for (const text of listings(section, 'diff')) {
    const [first] = text.split('\n')
    const file = first.replace('# ', '')
    sources[file] = changed(file, sources[file] ?? read(file), text.slice(first.length + 1))
  }
  return sources
}
