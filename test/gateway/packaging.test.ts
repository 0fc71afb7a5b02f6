// The unit and the image say what the program is: as far as a machine without Docker can tell.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
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
