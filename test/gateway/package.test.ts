// The package, as a clone packs it: programs that import it and those that say require find it, and so does TypeScript,
// however it looks for modules.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'midge-package-'))
const project = join(folder, 'project')
const modules = join(project, 'node_modules')

/** Packages that it needs, and that TypeScript reads its types with. */
const NEEDED = ['commander', 'ws', '@types/node', '@types/ws', 'undici-types']

interface Packed { filename: string, files: { path: string }[] }
let packed: Packed

/** A clone as it is now, with its packages. Bundles that were made of the same are not made again. */
function cloneMake(clone: string): void {
  const list = execFileSync(
    'git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  for (const name of list.split('\0')) {
    if (!name || !existsSync(join(ROOT, name)) || name.startsWith('test/')) continue
    mkdirSync(dirname(join(clone, name)), { recursive: true })
    cpSync(join(ROOT, name), join(clone, name))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  mkdirSync(join(clone, '.cache'))
  symlinkSync(join(ROOT, '.cache/bundles'), join(clone, '.cache/bundles'))
}

beforeAll(() => {
  const clone = join(folder, 'clone')
  cloneMake(clone)
  const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: clone, encoding: 'utf8', shell: process.platform === 'win32',
  })
  expect([status, status ? stderr : '']).toEqual([0, ''])
  packed = (JSON.parse(stdout) as Packed[])[0]
  const own = join(modules, 'midge-mqtt')
  mkdirSync(own, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', own, '--strip-components=1'])
  for (const name of NEEDED) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PROGRAM = `
const broker = createBroker({ limits: { sysInterval: 0 } })
broker.listen({ port: 0, protocol: 'websockets' }).then(async () => {
  await broker.subscribe('a', ({ payload }) => console.log('heard ' + payload), { qos: 1 })
  await broker.publish('a', 'x', { qos: 1 })
  await broker.close()
})
`

it.each([
  ['require', 'program.cjs', 'const { createBroker } = require(\'midge-mqtt\')'],
  ['import', 'program.mjs', 'import { createBroker } from \'midge-mqtt\''],
])('programs find the library by %s', (_how, file, first) => {
  writeFileSync(join(project, file), first + PROGRAM)
  const { stdout, stderr } = spawnSync(process.execPath, [file], { cwd: project, encoding: 'utf8' })
  expect([stdout, stderr]).toEqual(['heard x\n', ''])
})

it('what needs an optional package says so where it is not installed', () => {
  writeFileSync(join(project, 'schema.json'), '{}')
  writeFileSync(join(project, 'optional.cjs'), `
const { createBroker } = require('midge-mqtt')
const rules = ['json', 'avro', 'protobuf'].map((format) => ({
  filter: 'a', format, file: 'schema.json', ...format === 'protobuf' ? { messageType: 'A' } : {},
}))
for (const rule of rules) createBroker({ payloadRules: [rule] }).opened().catch(({ message }) => console.log(message))
createBroker({ mdns: {} }).opened().catch(({ message }) => console.log(message))
createBroker({ persistence: { location: 'store' } }).opened().catch(({ message }) => console.log(message))
`)
  const { stdout, stderr } = spawnSync(process.execPath, ['optional.cjs'], { cwd: project, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout.trim().split('\n').sort()).toEqual([
    'A rule for payloads needs the package avsc: npm install avsc.',
    'A rule for payloads needs the package jsonc-parser: npm install jsonc-parser.',
    'A rule for payloads needs the package protobufjs: npm install protobufjs.',
    'Persistence needs the package classic-level: npm install classic-level.',
    'mDNS needs the package @homebridge/ciao: npm install @homebridge/ciao.',
  ])
})

it('has the program, its files and nothing of boards', () => {
  const { bin, files, version } = JSON.parse(readFileSync(join(modules, 'midge-mqtt/package.json'), 'utf8')) as {
    bin: Record<string, string>, files: string[], version: string
  }
  const program = join(modules, 'midge-mqtt', bin['midge-mqtt'])
  expect(execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' })).toBe(`${version}\n`)
  const paths = packed.files.map(({ path }) => path)
  for (const file of files) expect(paths.some((path) => path.startsWith(file))).toBe(true)
  expect(paths.filter((path) => path.startsWith('dist/')).sort()).toEqual([
    'cli.js', 'cluster.js', 'dashboard.js', 'index.cjs', 'index.d.cts', 'index.d.ts', 'index.js', 'midge.js',
  ].map((name) => `dist/host/${name}`))
})

const TYPED = `
import { createBroker, type Broker, type BrokerOptions, type Message } from 'midge-mqtt'
const options: BrokerOptions = { authorize: (request) => request.action === 'subscribe' || request.payload.length < 9 }
const broker: Broker = createBroker(options)
broker.on('connect', ({ clientIdentifier }) => console.log(clientIdentifier))
export const heard = (message: Message): string | undefined => message.properties?.contentType
// @ts-expect-error there is no such option
createBroker({ user: {} })
`

it.each([
  ['node10', 'commonjs', 'typed.ts'], ['bundler', 'esnext', 'typed.ts'],
  ['node16', 'node16', 'typed.cts'], ['node16', 'node16', 'typed.mts'],
])('TypeScript finds its types with moduleResolution %s and module %s, in %s', (resolution, module, file) => {
  writeFileSync(join(project, file), TYPED)
  const { stdout } = spawnSync(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--target', 'es2022',
    '--moduleResolution', resolution, '--module', module, '--types', 'node', file,
  ], { cwd: project, encoding: 'utf8' })
  expect(stdout).toBe('')
})
