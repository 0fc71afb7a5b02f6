// What the docs say, paragraph by paragraph, and what proves it: a list for each page in test/statements.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../scripts/lib/root.mjs'
import { CLUSTER } from './statements/cluster'
import { DEVICES } from './statements/devices'
import { GATEWAY } from './statements/gateway'
import { HOME } from './statements/home'
import { INSIDE } from './statements/inside'
import { README } from './statements/readme'
import type { Proof, Statements } from './statements/statements'
import { TROUBLESHOOTING } from './statements/troubleshooting'

const LISTS: Record<string, Statements> = {
  'README.md': README, 'docs/cluster.md': CLUSTER, 'docs/devices.md': DEVICES,
  'docs/gateway.md': GATEWAY, 'docs/home.md': HOME, 'docs/inside.md': INSIDE,
  'docs/troubleshooting.md': TROUBLESHOOTING,
}

/** How a page says that something was not tried, or is no measured number. */
const NOT_TRIED = /\bnot (been )?(yet )?tried|no board has|no ESP32 has|nobody has|an estimate|No test runs|^Nor have /i

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** Its paragraphs, the items of its lists and the rows of its tables, each in one line; listings are left out. */
function paragraphsOf(page: string): string[] {
  const text = read(page).replace(/^```[\s\S]*?^```$/gm, '').replace(/<!--.*?-->/g, '')
  return text.split(/\n\s*\n|\n(?=- |\d\. |\|)/).map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => part && !/^(#|!\[|\|[ |-]+\|$)/.test(part))
}

const literals = new Map<string, string[]>()

/** The texts that stand in a test: titles, and the cases of tables. */
function literalsOf(file: string): string[] {
  if (!literals.has(file)) {
    const found: string[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) found.push(node.text)
      ts.forEachChild(node, visit)
    }
    visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest))
    literals.set(file, found)
  }
  return literals.get(file)!
}

/** What is wrong with a proof of a paragraph; '' where it is one. */
function problemOf({ kind, what }: Proof, paragraph: string): string {
  if (kind === 'words') return ''
  if (kind === 'measured') return what in (JSON.parse(read('package.json')) as { scripts: object }).scripts ? '' : what
  if (kind === 'not tried') {
    return NOT_TRIED.test(what) && paragraph.includes(what) ? '' : `it does not say: ${what}`
  }
  const [file, title] = [what.slice(0, what.indexOf(': ')), what.slice(what.indexOf(': ') + 2)]
  const path = [`test/${file}.test.ts`, `test/${file}.ts`].find((name) => existsSync(join(ROOT, name)))
  if (!path) return `there is no test/${file}`
  return literalsOf(path).some((text) => text.includes(title)) ? '' : `no test of ${path} is called: ${title}`
}

it('every page has its list', () => {
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)
  expect(Object.keys(LISTS).sort()).toEqual(['README.md', ...pages].sort())
})

describe.each(Object.entries(LISTS))('%s', (page, statements) => {
  const paragraphs = paragraphsOf(page)
  const entries = Object.entries(statements)

  it('says nothing that its list does not know', () => {
    let isCovered = false
    const unknown = paragraphs.filter((paragraph) => {
      const own = entries.find(([beginning]) => paragraph.startsWith(beginning))
      // A table that is proven as a whole has its proof at its head.
      isCovered = paragraph.startsWith('|') && (isCovered || own?.[1].some(({ isTable }) => isTable) === true)
      return !own && !isCovered
    })
    expect(unknown.map((paragraph) => paragraph.slice(0, 80))).toEqual([])
  })

  it('has nothing in its list that it does not say once', () => {
    const found = entries.map(([words]) => [words, paragraphs.filter((paragraph) => paragraph.includes(words)).length])
    expect(found.filter(([, count]) => count !== 1)).toEqual([])
  })

  it('is proven by tests that there are, or says that it is not', () => {
    const problems = entries.flatMap(([words, proofs]) => {
      const paragraph = paragraphs.find((text) => text.includes(words)) ?? ''
      const found = proofs.length > 0 ? proofs.map((proof) => problemOf(proof, paragraph)) : ['nothing proves it']
      return found.filter(Boolean).map((problem) => `${words}: ${problem}`)
    })
    expect(problems).toEqual([])
  })
})
