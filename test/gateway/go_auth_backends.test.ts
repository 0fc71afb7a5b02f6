// Several backends of go-auth at once: whom one lets in is in, what one allows is allowed, in the order of the list.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Client, connect } from '../interop/mqttjs_client'
import { load } from './configuration_lines'
import { type Asked, gatewayStart, partsEnd, publish, serverStart, userOf } from './go_auth_parts'
import { tokenMake } from './token_makers'

afterEach(partsEnd)

const SECRET = 'a secret of thirty-two bytes or more'

/** As Home Assistant's add-on writes its file, but for places and ports. */
const homeAssistant = (port: number): string => `protocol mqtt
user root
log_dest stdout
log_type error
log_type warning
log_type notice
log_type information
log_timestamp_format %Y-%m-%d %H:%M:%S
persistence true
persistence_location @/

# Limits
max_queued_messages 8192

# Authentication plugin
auth_plugin /usr/share/mosquitto/go-auth.so
auth_opt_backends files,http
auth_opt_hasher pbkdf2
auth_opt_cache true
auth_opt_auth_cache_seconds 300
auth_opt_auth_jitter_seconds 30
auth_opt_acl_cache_seconds 300
auth_opt_acl_jitter_seconds 30
auth_opt_log_level error

auth_opt_files_password_path @/pw
auth_opt_files_acl_path @/acl

auth_opt_http_host 127.0.0.1
auth_opt_http_port ${port}
auth_opt_http_getuser_uri /authentication
auth_opt_http_superuser_uri /superuser
auth_opt_http_aclcheck_uri /acl

listener 0
protocol mqtt

listener 0
protocol websockets
`

const lines = (backends: string, port: number, more = ''): string => `listener 0 127.0.0.1
auth_plugin /x/go-auth.so
auth_opt_backends ${backends}
auth_opt_http_host 127.0.0.1
auth_opt_http_port ${port}
auth_opt_http_getuser_uri /user
auth_opt_http_superuser_uri /super
auth_opt_http_aclcheck_uri /acl
${more}
`

const FILES = 'auth_opt_files_password_path @/pw\nauth_opt_files_acl_path @/acl'
const TOKENS = `auth_opt_jwt_mode files\nauth_opt_jwt_secret ${SECRET}\nauth_opt_jwt_userfield Username`

const comer = (url: string) => (username: string, password: string): Promise<Client> =>
  connect(url, 5, { username, password: Buffer.from(password), clientId: `c-${username.slice(0, 8)}` })

const topicsOf = (client: Client): string[] => client.messages.map(({ topic }) => topic)

const subscribe = (client: Client, filter: string): Promise<number> =>
  client.subscribe(filter, { qos: 1 }).then(([code]) => code, () => 0x87)

describe('Home Assistant\'s file', () => {
  it('lets in its own users by the file and people by the server, who may do all', async () => {
    const asked: Asked[] = []
    const port = await serverStart((fields) => {
      asked.push(fields)
      const isKnown = fields.username === 'paul' && fields.password === 'his'
      return [fields.path !== '/authentication' || isKnown ? 200 : 401]
    })
    const { program, url } = await gatewayStart(homeAssistant(port), {
      pw: userOf('homeassistant', 'drawn') + userOf('addons', 'drawn too'), acl: 'user homeassistant\nuser addons\n',
    })
    const come = comer(url)
    const home = await come('homeassistant', 'drawn')
    expect(asked.filter(({ path }) => path === '/authentication')).toEqual([])
    expect(await subscribe(home, 'homeassistant/#')).toBe(1)
    const paul = await come('paul', 'his')
    expect(asked.find(({ path }) => path === '/authentication'))
      .toEqual({ path: '/authentication', username: 'paul', password: 'his', clientid: 'c-paul' })
    expect(await publish(paul, 'homeassistant/status')).toBe(0)
    await home.received(1)
    await expect(come('paul', 'another')).rejects.toMatchObject({ code: 0x87 })
    // What the file does not let in the server is asked about.
    await expect(come('addons', 'drawn')).rejects.toMatchObject({ code: 0x87 })
    expect(asked).toContainEqual(
      { path: '/authentication', username: 'addons', password: 'drawn', clientid: 'c-addons' })
    await expect(connect(url, 5)).rejects.toMatchObject({ code: 0x87 })
    await program.line(/auth_opt_cache changes nothing/)
  })

  it('with rules: the server names who may do all, and the file says what others may', async () => {
    const port = await serverStart(({ path, username }) => {
      if (path === '/superuser') return [username === 'homeassistant' ? 200 : 403]
      return [path === '/acl' ? 403 : username === 'paul' ? 200 : 401]
    })
    const { url } = await gatewayStart(homeAssistant(port), {
      pw: userOf('homeassistant', 'drawn'),
      acl: 'pattern deny secret/#\ntopic readwrite common/#\nuser homeassistant\nuser paul\ntopic readwrite #\n',
    })
    const come = comer(url)
    const [home, paul] = [await come('homeassistant', 'drawn'), await come('paul', 'x')]
    expect([await subscribe(home, '#'), await subscribe(paul, '#'), await subscribe(paul, 'secret/x')])
      .toEqual([1, 1, 0x87])
    for (const [client, topic, code] of [[home, 'secret/a', 0], [paul, 'secret/b', 0x87], [paul, 'c', 0]] as const) {
      expect(await publish(client, topic)).toBe(code)
    }
    await Promise.all([home.received(2), paul.received(1)])
    expect([topicsOf(home), topicsOf(paul)]).toEqual([['secret/a', 'c'], ['c']])
  })
})

describe('files and http', () => {
  /** anna is in the file, otto on the server; the server's rules are for h/. */
  const answer = (asked: Asked): [number] => {
    const { path, username, password, topic } = asked
    if (path === '/user') return [username === 'otto' && password === 'his' ? 204 : 403]
    if (path === '/super') return [username === 'root' ? 200 : 403]
    return [String(topic).startsWith(`h/${String(username)}/`) ? 200 : 403]
  }
  const files = {
    pw: userOf('anna', 'hers') + userOf('root', 'its'),
    acl: 'topic read common/#\nuser anna\ntopic f/#\ntopic deny f/secret/#\nuser otto\ntopic write f/otto\n',
  }

  it.each(['files, http', 'http, files'])('%s: what one of them allows is allowed', async (backends) => {
    const { url } = await gatewayStart(lines(backends, await serverStart(answer), FILES), files)
    const come = comer(url)
    const [anna, otto, root] = [await come('anna', 'hers'), await come('otto', 'his'), await come('root', 'its')]
    const topics = ['f/x', 'f/secret/x', 'h/anna/x', 'h/otto/x', 'f/otto', 'common/x']
    const tries = async (client: Client): Promise<boolean[]> => {
      const codes: number[] = []
      for (const topic of topics) codes.push(await publish(client, topic))
      return codes.map((code) => code === 0)
    }
    expect(await tries(anna)).toEqual([true, false, true, false, true, false])
    expect(await tries(otto)).toEqual([false, false, false, true, true, false])
    expect(await tries(root)).toEqual([true, true, true, true, true, true])
    // Of a filter all must be readable by one of them. What stands before the first user is for everybody.
    const filters = ['f/#', 'f/secret/#', 'h/anna/#', 'h/#', '#', 'common/+']
    const may = async (client: Client): Promise<number[]> => {
      const codes: number[] = []
      for (const filter of filters) codes.push(await subscribe(client, filter))
      return codes
    }
    expect(await may(anna)).toEqual([1, 0x87, 1, 0x87, 0x87, 1])
    expect(await may(otto)).toEqual([0x87, 0x87, 0x87, 0x87, 0x87, 1])
    expect(await may(root)).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('withholds what a rule denies of a filter, but from who may do all', async () => {
    const { url } = await gatewayStart(lines('files, http', await serverStart(answer), FILES), files)
    const come = comer(url)
    const [anna, root] = [await come('anna', 'hers'), await come('root', 'its')]
    expect([await subscribe(anna, 'f/#'), await subscribe(root, 'f/#')]).toEqual([1, 1])
    for (const topic of ['f/x', 'f/secret/x', 'f/end']) expect(await publish(root, topic)).toBe(0)
    await Promise.all([anna.received(2), root.received(3)])
    expect([topicsOf(anna), topicsOf(root)]).toEqual([['f/x', 'f/end'], ['f/x', 'f/secret/x', 'f/end']])
  })

  it('goes on with the file while the server is away', async () => {
    const { url } = await gatewayStart(lines('http, files', await serverStart(() => [503]), FILES), files)
    const anna = await comer(url)('anna', 'hers')
    expect([await publish(anna, 'f/x'), await publish(anna, 'h/anna/x')]).toEqual([0, 0x87])
    await expect(comer(url)('otto', 'his')).rejects.toMatchObject({ code: 0x80 })
  })

  it('are asked as the files have them now after SIGHUP, another server among them', async () => {
    const [first, second] = [await serverStart(answer), await serverStart(() => [200])]
    const { program, url, folder } = await gatewayStart(lines('files, http', first, FILES), files)
    const anna = await comer(url)('anna', 'hers')
    await expect(comer(url)('emil', 'his')).rejects.toMatchObject({ code: 0x87 })
    expect(await publish(anna, 'g/x')).toBe(0x87)
    writeFileSync(join(folder, 'pw'), userOf('anna', 'hers') + userOf('emil', 'his'))
    writeFileSync(join(folder, 'acl'), 'user anna\ntopic g/#\n')
    program.signal('SIGHUP')
    await program.line(/SIGHUP: users/)
    expect([await publish(anna, 'g/x'), await publish(anna, 'f/x')]).toEqual([0, 0x87])
    await comer(url)('emil', 'his')
    const path = join(folder, 'm.conf')
    writeFileSync(path, readFileSync(path, 'utf8').replace(`http_port ${first}`, `http_port ${second}`))
    program.signal('SIGHUP')
    await program.line(/changed: auth_opt_http_port/)
    expect(await publish(anna, 'f/x')).toBe(0)
  })

  it('without rules the file allows nothing, and nobody may do all who is not to', async () => {
    const more = 'auth_opt_files_password_path @/pw\nauth_opt_disable_superuser true'
    const { url } = await gatewayStart(lines('files, http', await serverStart(answer), more), files)
    const [anna, root] = [await comer(url)('anna', 'hers'), await comer(url)('root', 'its')]
    expect([await publish(anna, 'f/x'), await publish(anna, 'h/anna/x'), await publish(root, 'x')])
      .toEqual([0x87, 0, 0x87])
  })
})

it('tokens and http: a token names whom the server is asked about, its Will among it', async () => {
  const asked: Asked[] = []
  const port = await serverStart((fields) => {
    asked.push(fields)
    return [fields.path === '/user' ? fields.password === 'his' ? 200 : 403 : fields.topic === 'h/anna' ? 200 : 403]
  })
  const { url } = await gatewayStart(
    lines('jwt, http', port, `${TOKENS}\nauth_opt_jwt_acl_path @/acl`), { acl: 'pattern write t/%u/#\n' })
  const token = await tokenMake(Buffer.from(SECRET), 'HS256', { username: 'anna' })
  const willOf = (topic: string) => ({
    username: token, password: Buffer.from('x'),
    will: { topic, payload: Buffer.from('x'), qos: 0, retain: false } as const,
  })
  const anna = await connect(url, 5, willOf('t/anna/will'))
  expect([await publish(anna, 't/anna/x'), await publish(anna, 'h/anna'), await publish(anna, 't/otto/x')])
    .toEqual([0, 0, 0x87])
  await expect(connect(url, 5, willOf('t/otto/will'))).rejects.toMatchObject({ code: 0x87 })
  const otto = await comer(url)('otto', 'his')
  expect([await publish(otto, 't/otto/x'), await publish(otto, 't/anna/x')]).toEqual([0, 0x87])
  expect(JSON.stringify(asked)).not.toContain(token)
})

it('the rules of tokens stay where users of a file come behind them', () => {
  const read = load(`listener 1\nauth_plugin /x/go-auth.so\nauth_opt_backends jwt, files\n${TOKENS}
    auth_opt_jwt_acl_path @/acl\nauth_opt_files_password_path @/pw`, { acl: 'topic read a', pw: '' })
  expect(read.realms).toMatchObject([{ accessFile: { path: expect.stringMatching(/acl$/) } }])
})

it('what stands before the first user is for everybody, with files alone too', async () => {
  const { url } = await gatewayStart(
    `listener 0 127.0.0.1\nauth_plugin /x/go-auth.so\nauth_opt_backends files\n${FILES}\n`,
    { pw: userOf('anna', 'hers'), acl: 'topic write common/%u\nuser anna\ntopic write own\n' })
  const anna = await comer(url)('anna', 'hers')
  expect([await publish(anna, 'common/anna'), await publish(anna, 'own'), await publish(anna, 'x')])
    .toEqual([0, 0, 0x87])
})
