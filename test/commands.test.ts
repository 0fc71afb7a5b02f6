// The command lines of package.json's commands: a question or a mistake is answered before anything is built.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ROOT } from '../scripts/lib/root.mjs'

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
const NAMES = Object.keys(scripts).filter((name) => /^node scripts\/\w+\.mjs$/.test(scripts[name]))
/** What a clone has, of what commands read. */
const CLONED = ['boards', 'node_modules', 'src', 'test', 'package.json', 'package-lock.json', 'vitest.config.ts']

// A clone in which nothing was ever built. What is built is written below the folder that the scripts lie in.
const clone = mkdtempSync(join(tmpdir(), 'midge-commands-'))
cpSync(join(ROOT, 'scripts'), join(clone, 'scripts'), { recursive: true })
// Its scripts read the command line of the gateway beside them.
cpSync(join(ROOT, 'src'), join(clone, 'src'), { recursive: true })
for (const name of CLONED.filter((name) => name !== 'src')) symlinkSync(join(ROOT, name), join(clone, name))
afterAll(() => rmSync(clone, { recursive: true, force: true }))

function run(name: string, ...options: string[]): { status: number | null, stdout: string, stderr: string } {
  const file = scripts[name].replace('node ', '')
  return spawnSync(process.execPath, [file, ...options], { cwd: clone, encoding: 'utf8' })
}

describe.each(NAMES)('npm run %s', (name) => {
  it('answers --help, and builds nothing', () => {
    const { status, stdout, stderr } = run(name, '--help')
    expect([status, stderr]).toEqual([0, ''])
    const usage = name === 'start' ? 'npm start' : `npm run ${name}`
    expect(stdout).toMatch(new RegExp(`^Usage: ${usage} -- [^]*\n  -h, --help +display help for command\n`))
    expect(readdirSync(clone).sort()).toEqual([...CLONED, 'scripts'].sort())
  })

  it('refuses an option that there is not in one line, and builds nothing', () => {
    const { status, stdout, stderr } = run(name, '--nonsense')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toBe('error: unknown option \'--nonsense\'\n')
    expect(readdirSync(clone).sort()).toEqual([...CLONED, 'scripts'].sort())
  })
})

describe('a build that is due', () => {
  it.each([
    ['start', [], /^midge: a virtual esp32 starts\nmidge: builds the bundle of esp32: /],
    ['gateway', ['--port', '0'], /^midge: builds the gateway: /],
    ['flasher', ['--port', '0'], /^midge: builds the page and the bundle of each chip: /],
  ])('is told of by npm run %s before it is done', async (name, options, sentence) => {
    const other = mkdtempSync(join(tmpdir(), 'midge-build-'))
    cpSync(clone, other, { recursive: true, verbatimSymlinks: true })
    symlinkSync(join(ROOT, 'tsconfig.json'), join(other, 'tsconfig.json'))
    // It may build, as no test may.
    const env = { ...process.env, MIDGE_BUILT: '' }
    const child = spawn(process.execPath, [scripts[name].replace('node ', ''), ...options], { cwd: other, env })
    const ended = once(child, 'close')
    let said = ''
    const isTold = new Promise<void>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data: Buffer) => {
          said += data.toString()
          if (said.includes('builds ') || said.includes('listens')) resolve()
        })
      }
    })
    await Promise.race([isTold, ended])
    child.kill('SIGKILL')
    await ended
    rmSync(other, { recursive: true, force: true })
    expect(said).toMatch(sentence)
  })
})

describe('a name or a number that a command does not know', () => {
  it.each([
    ['size', ['hall'], /^error: there is no board hall; the boards are esp32, /],
    ['build', ['hall'], /^error: there is no board hall; /],
    ['sim', ['--core', 'esp8266'], /Allowed choices are esp32, host, test/],
    ['sim', ['--seed', 'seven'], /'seven' is invalid. A number of 0 or more is needed/],
    ['sim', ['--hours', '0'], /A number above 0 is needed/],
    ['soak', ['--core', 'x'], /Allowed choices are esp32/],
    ['bench', ['--rows', '1-1,9-9'], /Names of these are needed, with commas between them: 1-1, /],
    ['cost', ['--row', 'lane'], /Names of these are needed, with commas between them: lane-1, /],
    ['mutations', ['--only', 'x'], /A number of 0 or more/],
    ['start', ['--port', '70000'], /'70000' is invalid. A TCP port from 0 to 65535 is needed/],
    ['start', ['--board', 'host'], /there is no board host; the boards are esp32, esp32c3/],
    ['start', ['--config', 'absent.json'], /absent\.json cannot be read: there is none/],
    ['gateway', ['--metrics', 'x'], /'x' is invalid. A TCP port from 0 to 65535 is needed/],
    ['gateway', ['--mdns', 'my_home'], /'my_home' is invalid. A name of up to 63 letters, digits and hyphens/],
    ['flasher', ['--port', '-1'], /'-1' is invalid. A TCP port from 0 to 65535 is needed/],
  ])('ends npm run %s -- %j with 2', (name, options, sentence) => {
    const { status, stderr } = run(name, ...options)
    expect([status, stderr]).toEqual([2, expect.stringMatching(sentence)])
  })
})
