// The unit and the image say what the program is: as far as a machine without Docker can tell.
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { COMMAND_LINE } from '../interop/gateway_build'
import { Program, programsEnd } from '../interop/program'
import { brokersEnd, folderMake } from './library'

afterEach(async () => {
  await programsEnd()
  await brokersEnd()
})

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const unitPath = join(ROOT, 'scripts/packaging/midge-mqtt.service')
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

/** Values of a key of the unit. */
const unit = (key: string): string[] =>
  [...readFileSync(unitPath, 'utf8').matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value)

it('the unit\'s commands are ones that the program has', async () => {
  const path = join(folderMake({ 'midge.conf': 'listener 0 127.0.0.1\n' }), 'midge.conf')
  const parameters = (command: string): string[] =>
    command.replace('/etc/midge/midge.conf', path).split(' ').slice(2)
  expect(unit('ExecStartPre')[0]).toBe(`${unit('ExecStart')[0]} --test-config`)
  const test = spawnSync(process.execPath, [COMMAND_LINE, ...parameters(unit('ExecStartPre')[0])])
  expect(test.status).toBe(0)
  const program = new Program(process.execPath, [COMMAND_LINE, ...parameters(unit('ExecStart')[0])])
  await program.line(/listens on 127\.0\.0\.1 port/)
  expect(unit('ExecReload')).toEqual(['/bin/kill -HUP $MAINPID'])
  program.signal('SIGHUP')
  await program.line(/read again/)
  program.signal('SIGTERM')
  expect((await program.end()).code).toBe(0)
})

const isRoot = process.getuid?.() === 0

/** Ids of nobody in particular, who own nothing. */
const [USER, GROUP] = [64_998, 64_999]

/** Whether the unit's check before the start finds the files good, run by its user. */
function isGoodForUser(path: string): boolean {
  const [, ...parameters] = unit('ExecStartPre')[0].replace('/etc/midge/midge.conf', path).split(' ').slice(1)
  const { status, stderr } = spawnSync(process.execPath, [COMMAND_LINE, ...parameters], { uid: USER, gid: GROUP })
  if (status !== 0) console.log(stderr.toString())
  return status === 0
}

// Only root makes files that are another user's to read, as whoever sets up a service is.
it.skipIf(!isRoot).each([
  ['made by the recipe, in a folder that hands its group on', 0o2750],
  ['whose owner has given the file to the group', 0o750],
])('the unit\'s user reads a password file %s, and still after a password was changed', (_, mode) => {
  const folder = folderMake({ 'midge.conf': '' })
  const [path, users] = [join(folder, 'midge.conf'), join(folder, 'users')]
  chownSync(folder, 0, GROUP)
  chmodSync(folder, mode)
  writeFileSync(path, `listener 0 127.0.0.1\npassword_file ${users}\n`)
  const change = (password: string): void => {
    const { status } = spawnSync(process.execPath, [COMMAND_LINE, 'passwd', users, 'anna', '--batch', password])
    expect(status).toBe(0)
  }
  change('right')
  if (mode === 0o750) {
    chownSync(users, 0, GROUP)
    chmodSync(users, 0o640)
  }
  expect(isGoodForUser(path)).toBe(true)
  change('another')
  expect(isGoodForUser(path)).toBe(true)
  // And nobody else reads hashes.
  const { gid, mode: given } = statSync(users)
  expect([gid, given & 0o777]).toEqual([GROUP, 0o640])
})

it('the recipe\'s files are shipped, and its user is the unit\'s', () => {
  const [, recipe] = /```sh\n([^`]*\/etc\/systemd\/system[^`]*)```/.exec(read('docs/gateway.md'))!
  const { files } = JSON.parse(read('package.json')) as { files: string[] }
  expect(recipe).toContain('/midge-mqtt/scripts/packaging/midge-mqtt.service" ')
  expect(files).toContain('scripts/packaging/midge-mqtt.service')
  expect(recipe).toContain(`useradd --system ${unit('User')[0]}\n`)
  expect(recipe).toContain(` -g ${unit('User')[0]} ${dirname(unit('ExecStart')[0].split(' ').at(-1)!)}\n`)
})

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0

it.skipIf(!hasAnalyze)('systemd finds nothing wrong with the unit', () => {
  // It would ask for a program that is installed: the one that runs this test stands in for it.
  const unitText = readFileSync(unitPath, 'utf8').replaceAll('/usr/bin/env midge-mqtt', process.execPath)
  const path = join(folderMake({ 'midge-mqtt.service': unitText }), 'midge-mqtt.service')
  const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' })
  expect(stderr.split('\n').filter((line) => line.includes('midge-mqtt.service'))).toEqual([])
})

it('the image copies what is there, builds by a script that is there, and starts the program of package.json', () => {
  const docker = read('scripts/packaging/Dockerfile')
  const manifest = JSON.parse(read('package.json')) as {
    bin: Record<string, string>, scripts: Record<string, string>, engines: { node: string }
  }
  const [, entry] = /^ENTRYPOINT \["node", "([^"]+)"/m.exec(docker)!
  expect(Object.values(manifest.bin)).toContain(entry)
  for (const [, script] of docker.matchAll(/npm run (\w+)/g)) expect(manifest.scripts).toHaveProperty(script)
  const [, files] = /^COPY ((?:[\w.-]+ )+)\.\/$/m.exec(docker)!
  for (const file of files.trim().split(' ')) expect(existsSync(join(ROOT, file))).toBe(true)
  expect(docker.match(/^FROM node:(\d+)/gm)).toEqual(['FROM node:20', 'FROM node:20'])
  expect(manifest.engines.node).toMatch(/>=20/)
  // What this computer has installed and built is not what the image installs and builds.
  expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['node_modules', 'dist', '.git']))
})
