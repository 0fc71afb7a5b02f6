// What the unit forbids does not stop what the page says: the gateway writes where the unit lets it, as its user, while
// everything else is read-only, as ProtectSystem=strict has it.
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { passwordHash } from '../../src/port/node/credential'
import { COMMAND_LINE } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { brokersEnd, folderMake } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const unit = readFileSync(join(ROOT, 'scripts/packaging/midge-mqtt.service'), 'utf8')
const page = readFileSync(join(ROOT, 'docs/gateway.md'), 'utf8')

/** Where systemd makes a folder by a key. */
const PLACES: Record<string, string> = { State: '/var/lib', Logs: '/var/log', Runtime: '/run' }
const folders = [...unit.matchAll(/^(\w+)Directory=(\S+)$/gm)].map(([, kind, name]) => `${PLACES[kind]}/${name}`)

/** Keys whose values the gateway writes to. */
const WRITTEN = /^(?:persistence_location|log_dest file|pid_file|plugin_opt_config_file|listener 0) (\/\S+)$/gm

it('the files that the page has the gateway write lie where the unit lets it', () => {
  const paths = [...page.matchAll(WRITTEN)].map(([, path]) => path)
  expect(paths).toEqual(expect.arrayContaining(['/var/lib/midge', '/var/lib/midge/dynamic-security.json']))
  expect(paths.filter((path) => !folders.some((folder) => `${path}/`.startsWith(`${folder}/`)))).toEqual([])
  for (const folder of folders) expect(page).toContain(`\`${folder}\``)
})

/** Ids of nobody in particular, who own nothing. */
const [USER, GROUP] = [64_998, 64_999]

/** A shell's commands that make the world that the unit wants, in mounts of their own, and then run a program in it. */
const IN_THE_UNIT = `
for folder in /var/lib /var/log /run; do mount -t tmpfs tmpfs $folder; done
install -d -o ${USER} -g ${GROUP} -m 700 ${folders.join(' ')}
cp "$1/dynamic-security.json" /var/lib/midge && chown ${USER}:${GROUP} /var/lib/midge/dynamic-security.json
mount -o remount,ro,bind / && mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift
exec setpriv --reuid ${USER} --regid ${GROUP} --clear-groups --no-new-privs --bounding-set -all "$@"`

const canUnshare = process.getuid?.() === 0
  && spawnSync('unshare', ['-m', 'sh', '-c', 'mount -o remount,ro,bind / && command -v setpriv']).status === 0

/** An administrator of dynamic security, who may say everything. */
function dynamicSecurity(): string {
  const [, , iterations, salt, password] = passwordHash('topsecret', false).split('$')
  const acls = ['publishClientSend', 'publishClientReceive', 'subscribePattern'].map((acltype) =>
    ({ acltype, topic: '$CONTROL/dynamic-security/#', priority: 0, allow: true }))
  return JSON.stringify({
    clients: [{ username: 'admin', password, salt, iterations: Number(iterations), roles: [{ rolename: 'admin' }] }],
    groups: [], roles: [{ rolename: 'admin', acls }],
  })
}

it.skipIf(!canUnshare)('where all else is read-only it keeps, logs and changes rights', async () => {
  const folder = folderMake({ 'midge.conf': `
listener 0 127.0.0.1
listener 0 /run/midge/mqtt.sock
persistence true
persistence_location /var/lib/midge
log_dest stdout
log_dest file /var/log/midge/midge.log
pid_file /run/midge/midge.pid
plugin mosquitto_dynamic_security.so
plugin_opt_config_file /var/lib/midge/dynamic-security.json
` })
  writeFileSync(join(folder, 'dynamic-security.json'), dynamicSecurity())
  chmodSync(folder, 0o750)
  for (const path of [folder, join(folder, 'midge.conf')]) chownSync(path, 0, GROUP)
  const run = ['-m', 'sh', '-c', IN_THE_UNIT, 'sh', folder, process.execPath, COMMAND_LINE,
    '--config', join(folder, 'midge.conf')]
  const test = spawnSync('unshare', [...run, '--test-config'], { encoding: 'utf8' })
  expect([test.status, test.stderr]).toEqual([0, ''])
  const program = new Program('unshare', run)
  await program.line(/listens on \/run\/midge\/mqtt\.sock/)
  const [, port] = /127\.0\.0\.1 port (\d+)/.exec(await program.line(/listens on 127/))!
  const admin = await connect(`mqtt://127.0.0.1:${port}`, 5, {
    clientId: 'admin', username: 'admin', password: Buffer.from('topsecret'), clean: false,
    properties: { sessionExpiryInterval: 60 },
  })
  await admin.subscribe('$CONTROL/dynamic-security/v1/response', { qos: 1 })
  await admin.publish('$CONTROL/dynamic-security/v1', JSON.stringify({
    commands: [{ command: 'createRole', rolename: 'more' }],
  }), { qos: 1 })
  await admin.received(1)
  expect(admin.texts).toEqual(['{"responses":[{"command":"createRole"}]}'])
  program.signal('SIGHUP')
  await program.line(/were read again/)
  program.signal('SIGTERM')
  const { code, errors } = await program.end()
  expect([code, errors]).toEqual([0, []])
})
