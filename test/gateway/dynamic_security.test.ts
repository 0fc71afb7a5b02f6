// mosquitto's dynamic security, by mosquitto's own tool and by the packets that it sends: the same commands to Midge
// and to mosquitto with its plug-in, where those are installed, have the same answers and the same effects.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { MqttClient } from 'mqtt'
import { stateRead } from '../../src/port/node/dynamic_security/state'
import { passwordHash } from '../../src/port/node/credential'
import { type Program, isInstalled, programsEnd } from '../interop/program'
import { type Broker, hasMosquitto, start } from './beside'
import { brokersEnd, folderMake, until } from './library'
import { attempt, probe } from './probes'

afterEach(async () => {
  await programsEnd()
  await brokersEnd()
})

/** Its help ends with 1. */
const hasTool = isInstalled(1, 'mosquitto_ctrl', '--help') || isInstalled(0, 'mosquitto_ctrl', '--help')
const PLUGIN = ['/usr/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/local/lib']
  .map((folder) => join(folder, 'mosquitto_dynamic_security.so')).find(existsSync)

const lines = (more = ''): string => `listener PORT_A
plugin ${PLUGIN ?? 'mosquitto_dynamic_security.so'}
plugin_opt_config_file @/dynsec.json
${more}`

const ADMIN = {
  username: 'admin', roles: [{ rolename: 'admin' }],
}

/** A file as `mosquitto_ctrl dynsec init` makes it: an administrator who may say everything. */
function fileMake(folder: string): void {
  const [, , iterations, salt, password] = passwordHash('topsecret', false).split('$')
  const client = { ...ADMIN, password, salt, iterations: Number(iterations) }
  const acls = [
    ['publishClientSend', '$CONTROL/dynamic-security/#'], ['publishClientReceive', '$CONTROL/dynamic-security/#'],
    ['publishClientReceive', '$SYS/#'], ['publishClientReceive', '#'],
    ['subscribePattern', '$CONTROL/dynamic-security/#'], ['subscribePattern', '$SYS/#'],
    ['subscribePattern', '#'], ['unsubscribePattern', '#'],
  ].map(([acltype, topic]) => ({ acltype, topic, priority: 0, allow: true }))
  const defaultACLAccess = {
    publishClientSend: false, publishClientReceive: true, subscribe: false, unsubscribe: true,
  }
  writeFileSync(join(folder, 'dynsec.json'), JSON.stringify({
    defaultACLAccess, clients: [client], groups: [], roles: [{ rolename: 'admin', acls }],
  }))
}

/** Runs the tool as the administrator; answers what it says. */
function ctrl(port: number, ...parameters: string[]): string {
  const { stdout, stderr } = spawnSync('mosquitto_ctrl', [
    '-h', '127.0.0.1', '-p', String(port), '-u', 'admin', '-P', 'topsecret', 'dynsec', ...parameters,
  ], { encoding: 'utf8' })
  // It warns of connections without TLS.
  return (stdout + stderr).replace(/Warning: You are running[^]*?passwords\.\s*/, '').trim()
}

/** What is said of it all, one command after the other, and mistakes among them. */
const COMMANDS = [
  'createRole reader', 'createRole writer', 'createRole reader', 'listRoles',
  'addRoleACL reader subscribePattern open/# allow', 'addRoleACL reader publishClientReceive open/# allow',
  'addRoleACL reader subscribeLiteral other/x allow', 'addRoleACL reader publishClientReceive anna/secret/# deny 5',
  'addRoleACL reader publishClientReceive anna/secret/# deny 5', 'addRoleACL writer publishClientSend anna/# allow 1',
  'addRoleACL writer publishClientSend anna/secret/x deny 2', 'addRoleACL writer subscribePattern anna/# allow',
  'addRoleACL writer nothing a/# allow', 'addRoleACL nobody publishClientSend a allow', 'getRole reader',
  'getRole nobody',
  'createGroup family', 'createGroup family', 'addGroupRole family reader 3', 'addGroupRole family nobody',
  'createClient anna -p secret', 'createClient anna -p secret', 'createClient stranger -p other', 'listClients',
  'addClientRole anna writer 7', 'addClientRole nobody writer', 'addGroupClient family anna 2',
  'addGroupClient family anna', 'addGroupClient family nobody', 'getClient anna', 'getClient nobody', 'getGroup family',
  'getGroup nobody', 'listGroups', 'setDefaultACLAccess publishClientSend allow', 'getDefaultACLAccess',
  'createGroup guests', 'setAnonymousGroup guests', 'getAnonymousGroup', 'addGroupRole guests reader',
  'setClientPassword stranger secret', 'setClientId stranger only-this', 'setClientId stranger',
  'disableClient stranger',
  'enableClient stranger', 'createRole spare', 'addRoleACL spare unsubscribeLiteral # deny',
  'removeRoleACL spare unsubscribeLiteral #', 'removeRoleACL spare unsubscribeLiteral #',
  'addClientRole stranger spare',
  'removeClientRole stranger spare', 'removeGroupRole family spare', 'deleteRole spare', 'deleteRole spare',
  'createClient leaver -p x', 'addGroupClient family leaver', 'removeGroupClient family leaver', 'deleteClient leaver',
  'deleteClient leaver', 'getClient anna', 'listRoles 1 0', 'listClients 1 1',
]

describe.skipIf(!hasTool)('mosquitto_ctrl dynsec', () => {
  async function everything(broker: Broker): Promise<{ said: string[], rights: unknown, folder: string }> {
    const folder = folderMake()
    fileMake(folder)
    const { program, ports } = await start(broker, folder, lines('allow_anonymous true'))
    const said = COMMANDS.map((command) => `${command}: ${ctrl(ports.PORT_A, ...command.split(' '))}`)
    const rights = await probe('mqtt', ports.PORT_A)
    program.signal('SIGTERM')
    await program.end()
    return { said, rights, folder }
  }

  it('says the same, does the same, and leaves a file that both start with again', async () => {
    const ours = await everything('midge')
    const { clients, groups, roles, anonymousGroup } = stateRead(
      readFileSync(join(ours.folder, 'dynsec.json'), 'utf8'))
    expect([[...clients.keys()], [...groups.keys()], [...roles.keys()], anonymousGroup])
      .toEqual([['admin', 'anna', 'stranger'], ['family', 'guests'], ['admin', 'reader', 'writer'], 'guests'])
    expect(clients.get('anna')).toMatchObject({ roles: new Map([['writer', 7]]), groups: new Map([['family', 2]]) })
    const again = await start('midge', ours.folder, lines('allow_anonymous true'))
    expect(await probe('mqtt', again.ports.PORT_A)).toEqual(ours.rights)
    if (!hasMosquitto || !PLUGIN) return
    const theirs = await everything('mosquitto')
    expect(ours.said).toEqual(theirs.said)
    expect(ours.rights).toEqual(theirs.rights)
    // Each reads what the other has written.
    const other = await start('mosquitto', ours.folder, lines('allow_anonymous true'))
    expect(await probe('mqtt', other.ports.PORT_A)).toEqual(theirs.rights)
    const back = await start('midge', theirs.folder, lines('allow_anonymous true'))
    expect(await probe('mqtt', back.ports.PORT_A)).toEqual(ours.rights)
  })
})

describe('commands', () => {
  async function administrator(): Promise<{ client: MqttClient, port: number, folder: string, program: Program,
    ask: (...commands: unknown[]) => Promise<Record<string, unknown>[]> }> {
    const folder = folderMake()
    fileMake(folder)
    const { ports, program } = await start('midge', folder, lines())
    const client = await attempt(`mqtt://127.0.0.1:${ports.PORT_A}`, {
      username: 'admin', password: 'topsecret', protocolVersion: 5,
    }) as MqttClient
    const answers: string[] = []
    client.on('message', (_topic, payload) => answers.push(payload.toString()))
    await client.subscribeAsync('$CONTROL/dynamic-security/v1/response', { qos: 1 })
    const ask = async (...commands: unknown[]): Promise<Record<string, unknown>[]> => {
      const count = answers.length
      const payload = JSON.stringify({ commands })
      await client.publishAsync('$CONTROL/dynamic-security/v1', payload, { qos: 1, retain: true })
      await until(() => answers.length > count)
      return (JSON.parse(answers[count]) as { responses: Record<string, unknown>[] }).responses
    }
    return { client, port: ports.PORT_A, folder, program, ask }
  }

  it('are done wholly or not at all, are never retained, and nobody else hears of passwords', async () => {
    const { ask, port, program } = await administrator()
    expect(await ask({ command: 'createClient', username: 'anna', password: 'hunter2', roles: [{ rolename: 'none' }] }))
      .toEqual([{ command: 'createClient', error: 'Role not found' }])
    expect(await ask({ command: 'getClient', username: 'anna', correlationData: 'x' }))
      .toEqual([{ command: 'getClient', correlationData: 'x', error: 'Client not found' }])
    expect(await ask({ command: 'fly' }, { command: 'CREATEROLE', rolename: 'all' }, 'no object')).toEqual([
      { command: 'fly', error: 'Unknown command' }, { command: 'createRole' },
      { command: 'Unknown command', error: 'Command not an object' },
    ])
    const acls = ['subscribePattern', 'publishClientReceive'].flatMap((acltype) =>
      ['#', '$CONTROL/#'].map((topic) => ({ acltype, topic, allow: true })))
    await ask({ command: 'modifyRole', rolename: 'all', acls },
      { command: 'createClient', username: 'spy', password: 'spy', roles: [{ rolename: 'all' }] })
    const spy = await attempt(`mqtt://127.0.0.1:${port}`, { username: 'spy', password: 'spy' }) as MqttClient
    const heard: string[] = []
    spy.on('message', (topic) => heard.push(topic))
    await spy.subscribeAsync(['$CONTROL/#', '#'])
    await ask({ command: 'createClient', username: 'otto', password: 'hunter2' })
    await until(() => heard.length > 0)
    expect(heard).toEqual(['$CONTROL/dynamic-security/v1/response'])
    expect([...program.lines, ...program.errors].join('\n')).not.toMatch(/hunter2/)
    await spy.endAsync(true)
  })

  it('have those whose rights change come again, at once', async () => {
    const { ask, port, folder } = await administrator()
    const acls = [{ acltype: 'subscribePattern', topic: 'a/#', allow: true }]
    await ask({ command: 'createRole', rolename: 'r', acls },
      { command: 'createClient', username: 'anna', password: 'secret', roles: [{ rolename: 'r' }] })
    const anna = await attempt(`mqtt://127.0.0.1:${port}`, {
      username: 'anna', password: 'secret', protocolVersion: 5,
    }) as MqttClient
    expect((await ask({ command: 'getClient', username: 'anna' }))[0])
      .toMatchObject({ data: { client: { connections: [{ address: expect.stringContaining('127.0.0.1') }] } } })
    const told = new Promise((resolve) => anna.once('disconnect', ({ reasonCode }) => resolve(reasonCode)))
    await ask({ command: 'disableClient', username: 'anna' })
    expect(await told).toBe(0x98)
    expect(await attempt(`mqtt://127.0.0.1:${port}`, { username: 'anna', password: 'secret' })).toBe('refused with 5')
    // The file is whole, and nobody else's to read.
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
    const { clients } = stateRead(readFileSync(join(folder, 'dynsec.json'), 'utf8'))
    expect(clients.get('anna')).toMatchObject({ disabled: true })
    expect(statSync(join(folder, 'dynsec.json')).mode & 0o777).toBe(0o666)
    await anna.endAsync(true)
  })

  it('leave the anonymous group where it is, which mosquitto 2.0 ends by', async () => {
    const { ask } = await administrator()
    const answers = await ask(
      { command: 'createGroup', groupname: 'guests' }, { command: 'setAnonymousGroup', groupname: 'guests' },
      { command: 'deleteGroup', groupname: 'guests' }, { command: 'getAnonymousGroup' },
      { command: 'setDefaultACLAccess', acls: [{ acltype: 'subscribe', allow: true }] }, { command: 'getDetails' },
      { command: 'getDefaultACLAccess' })
    expect(answers.slice(2, 4)).toEqual([
      { command: 'deleteGroup', error: 'Deleting the anonymous group is forbidden' },
      { command: 'getAnonymousGroup', data: { group: { groupname: 'guests' } } },
    ])
    expect(answers[5]).toMatchObject({ data: { clientCount: 1, groupCount: 1, roleCount: 1 } })
    const subscribe = { acltype: 'subscribe', allow: true }
    expect(answers[6]).toMatchObject({ data: { acls: expect.arrayContaining([subscribe]) } })
  })

  it('are only for who may', async () => {
    const { ask, port } = await administrator()
    await ask({ command: 'createClient', username: 'anna', password: 'secret' },
      { command: 'setDefaultACLAccess', acls: [{ acltype: 'publishClientSend', allow: true }] })
    const anna = await attempt(`mqtt://127.0.0.1:${port}`, {
      username: 'anna', password: 'secret', protocolVersion: 5,
    }) as MqttClient
    const command = { commands: [{ command: 'createClient', username: 'mallory', password: 'x' }] }
    await expect(anna.publishAsync('$CONTROL/dynamic-security/v1', JSON.stringify(command), { qos: 1 }))
      .rejects.toMatchObject({ code: 0x87 })
    expect((await ask({ command: 'listClients' }))[0]).toMatchObject({ data: { clients: ['admin', 'anna'] } })
    await anna.endAsync(true)
  })
})
