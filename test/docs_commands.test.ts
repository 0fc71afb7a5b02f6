// The commands that the docs tell somebody to type: each has options that there are, and a test that runs it or a place
// among those that are not tried.
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../scripts/lib/root.mjs'

const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)]
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

/** A test that runs a command, and the words in it that do. */
const RUN_BY: Record<string, [file: string, words: string]> = {
  start: ['test/simulator/start_run.ts', 'scripts/start.mjs'],
  flash: ['test/flash/whole_way.test.ts', 'flashAtPort('],
  flasher: ['test/web/site.test.ts', 'runScript(\'flasher\''],
  upload: ['test/flash/upload.test.ts', 'runScript(\'upload\''],
  monitor: ['test/flash/upload.test.ts', 'runScript(\'monitor\''],
  memory: ['test/board/memory.test.ts', 'scripts/memory.mjs'],
  cluster: ['test/cluster/command.test.ts', 'scripts/cluster.mjs'],
}

/** Commands by the sentence of docs/inside.md that says so. */
const notTried = /^No test runs (.+)\.$/m.exec(read('docs/inside.md').replace(/(\S)\n(?=\S)/g, '$1 '))![1]
const NOT_RUN = [...notTried.matchAll(/`npm (?:run )?([\w-]+)`/g)].map(([, name]) => name)

/** Command lines of npm in a page, in a line of their own or between marks. */
const commandsOf = (page: string): string[] => {
  const text = read(page)
  const listed = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block]) => block.split('\n'))
    .flatMap((line) => line.replace(/#.*/, '').split('&&'))
  const quoted = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`(npm [^`]+)`/g)].map(([, line]) => line)
  return [...listed, ...quoted].map((line) => line.trim()).filter((line) => /^npm (run|start|test)\b/.test(line))
}

const ALL = [...new Set(PAGES.flatMap(commandsOf))]
const nameOf = (command: string): string => /^npm (?:run )?([\w-]+)/.exec(command)![1]

const helps = new Map<string, string>()

/** What a command says of its options, asked once. */
function helpOf(name: string): string {
  if (!helps.has(name)) {
    const file = scripts[name].replace('node ', '')
    helps.set(name, spawnSync(process.execPath, [file, '--help'], { cwd: ROOT, encoding: 'utf8' }).stdout)
  }
  return helps.get(name)!
}

describe.each(ALL)('%s', (command) => {
  const name = nameOf(command)

  it('is a command', () => {
    expect(Object.keys(scripts)).toContain(name)
  })

  it.skipIf(name === 'test')('has options that there are', () => {
    const options = [...command.matchAll(/ (--[\w-]{2,})/g)].map(([, option]) => option)
    const isKnown = (option: string): boolean => new RegExp(`${option}[ \n]`).test(helpOf(name))
    expect(options.filter((option) => !isKnown(option))).toEqual([])
  })

  it.skipIf(name === 'test')('is run by a test, or said not to be', () => {
    expect([name in RUN_BY, NOT_RUN.includes(name)].filter(Boolean)).toHaveLength(1)
  })
})

it.each(Object.entries(RUN_BY))('npm run %s is run where this says', (_, [file, words]) => {
  expect(read(file)).toContain(words)
})

it('says of no command without need that no test runs it', () => {
  expect(NOT_RUN.filter((name) => !ALL.some((command) => nameOf(command) === name))).toEqual([])
})
