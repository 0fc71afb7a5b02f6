// Words of the docs and of comments that go stale without anybody noticing: files, commands, constants, places in the
// docs, and limits.
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as board from '../boards/esp32'
import * as computer from '../boards/host'
import { ROOT } from '../scripts/lib/root.mjs'

const DOCS = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]

/** What the docs name and the repository does not have: what a build or an owner makes, and examples. */
const ELSEWHERE = new Set([
  'midge.json', 'hub.js', 'names.json', 'manifest.json',
])

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
/** What git keeps out, and git's own. */
const MADE = new Set(['.git', 'node_modules', ...read('.gitignore').split('\n').map((line) => line.replace(/\/$/, ''))])
const files = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => !MADE.has(name))
  .flatMap((entry) => !entry.isDirectory() ? entry.name
    : readdirSync(join(ROOT, entry.name), { recursive: true, encoding: 'utf8' }).map((name) => `${entry.name}/${name}`))
const sources = files.filter((file) => /\.(ts|mjs)$/.test(file) && /^(src|test|scripts|boards)\//.test(file))

/** Without what is shown as a listing. */
const prose = (text: string): string => text.replace(/```[\s\S]*?```/g, '')
const quoted = (text: string): string[] => [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, word]) => word)

/** Whether a path, or the end of one, is a file's; a star stands for anything without a slash. */
function isFile(name: string): boolean {
  // What is built is not kept.
  if (name.startsWith('dist/')) return true
  if (!/[*<]/.test(name)) return files.some((file) => file === name || file.endsWith(`/${name}`))
  const pattern = name.replace(/[.]/g, '\\.').replace(/\*|<\w+>/g, '[^/]*')
  return files.some((file) => new RegExp(`(^|/)${pattern}$`).test(file))
}

/** As the site that shows the docs makes anchors of headings. */
const anchorOf = (heading: string): string =>
  heading.toLowerCase().replace(/[^\w\- ]/g, '').replace(/ /g, '-')
const anchorsOf = (file: string): string[] =>
  [...prose(read(file)).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading))

describe.each(DOCS)('%s', (doc) => {
  const text = read(doc)

  it('names files that there are', () => {
    const names = quoted(text).filter((word) => /^[\w./<>*-]+\.(ts|mjs|js|json|md)$/.test(word))
    expect(names.filter((name) => !ELSEWHERE.has(name) && !isFile(name))).toEqual([])
  })

  it('names commands that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const commands = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name)
    expect(commands.filter((name) => !(name in scripts))).toEqual([])
  })

  it('names constants that there are', () => {
    const all = [...sources, 'CONTRIBUTING.md'].map(read).join('\n')
    const names = quoted(text).filter((word) => /^[A-Z][A-Z\d]*(_[A-Z\d]+)+$/.test(word))
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(all))).toEqual([])
  })

  it('leads to places that there are', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link).filter((link) => !/^\w+:/.test(link))
    const broken = links.filter((link) => {
      const [file, anchor] = link.split('#') as [string, string | undefined]
      const target = file ? posix.join(posix.dirname(doc), file) : doc
      return !files.includes(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
    })
    expect(broken).toEqual([])
  })
})

it('the README is for a first look: at most 150 lines', () => {
  expect(read('README.md').split('\n').length - 1).toBeLessThanOrEqual(150)
})

it('no exception is left that no doc needs', () => {
  const words = DOCS.flatMap((doc) => quoted(read(doc)))
  expect([...ELSEWHERE].filter((name) => !words.includes(name))).toEqual([])
})

it('comments name files that there are', () => {
  const stale = sources.flatMap((file) => [...read(file).matchAll(/^\s*(?:\/\/|\/?\*).*$/gm)]
    .flatMap(([line]) => [...line.matchAll(/[\w./<>*-]*\w\.(?:ts|mjs)\b/g)])
    .map(([name]) => name).filter((name) => !ELSEWHERE.has(name) && !isFile(name.replace(/^(?:\.{1,2}\/)+/, '')))
    .map((name) => `${file}: ${name}`))
  expect(stale).toEqual([])
})

it('the limits in the docs are those of the boards', () => {
  const [, limits] = /\n## Limits\n(.*?)\n## /s.exec(read('docs/devices.md'))!
  const rows = new Map([...limits.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)]
    .map(([, what, small, large]) => [what, [small, large]]))
  const count = (value: number): string => value.toLocaleString('en-US')
  const size = (bytes: number): string => bytes >= 2 ** 30 ? `${bytes / 2 ** 30} GB`
    : bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MB` : `${Math.round(bytes / 1_024)} KB`
  const pool = ({ POOL_BLOCKS_MAX, POOL_BLOCK_SIZE }: { POOL_BLOCKS_MAX: number, POOL_BLOCK_SIZE: number }): number =>
    POOL_BLOCKS_MAX * POOL_BLOCK_SIZE
  const both = (name: keyof typeof board  ): string[] =>
    [board, computer].map((of) => count(of[name] as number))
  // One place of a board's is the owner's own code's.
  const expected: [what: string, values: string[]][] = [
    ['clients at a time', [count(board.CONNECTIONS_MAX - 1), count(computer.CONNECTIONS_MAX)]],
    ['sessions, with those of clients that are away', both('SESSIONS_MAX')],
    ['subscriptions', both('SUBSCRIPTIONS_MAX')],
    ['filters in one SUBSCRIBE', both('FILTERS_PER_PACKET_MAX')],
    ['retained messages', both('RETAINED_MAX')],
    ['QoS 1 and 2 messages kept for one session', both('QUEUE_MAX')],
    ['of them on their way at a time', both('INFLIGHT_MAX')],
    // A computer's payloads may be files: the greatest Remaining Length with its fixed header.
    ['largest packet', [count(board.PACKET_SIZE_MAX), count(268_435_455 + 5)]],
    ['largest CONNECT', [count(board.PACKET_HELD_MAX), count(computer.PACKET_SIZE_MAX)]],
    ['longest Topic Name', [count(board.TOPIC_BYTES_MAX), count(65_535)]],
    ['messages, names and filters in memory', [board, computer].map((of) => size(pool(of)))],
    ['bytes on their way to one client: the credit', [size(board.TX_CREDIT_SIZE), size(computer.TX_CREDIT_SIZE)]],
  ]
  for (const [what, values] of expected) {
    const said = rows.get(what)?.map((cell) => /^[\d,]+( [KMG]B)?/.exec(cell)?.[0])
    expect([what, said]).toEqual([what, values])
  }
})
