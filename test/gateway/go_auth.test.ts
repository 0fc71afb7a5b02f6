// The options of mosquitto-go-auth that are honoured: users of files, tokens, a server that is asked by HTTP.
import { afterEach, describe, expect, it } from 'vitest'
import { credentialParse } from '../../src/port/node/credential'
import { type Client, connect } from '../interop/mqttjs_client'
import { load } from './configuration_lines'
import { type Asked, gatewayStart, partsEnd, publish, serverStart, userOf } from './go_auth_parts'
import { tokenMake } from './token_makers'

afterEach(partsEnd)

const SECRET = 'a secret of thirty-two bytes or more'

const start = (lines: string, files?: Record<string, string>): ReturnType<typeof gatewayStart> =>
  gatewayStart(`listener 0 127.0.0.1\nauth_plugin /x/go-auth.so\n${lines}\n`, files)

it('passwords are verified as it hashes them', async () => {
  for (const digest of ['sha256', 'sha512']) {
    const credential = credentialParse(userOf('a', 'right', digest).trim().slice(2))!
    expect(await credential.verify(Buffer.from('right'))).toBe(true)
    expect(await credential.verify(Buffer.from('wrong'))).toBe(false)
  }
})

it('files and tokens: users with a password, and tokens in the place of a User Name', async () => {
  const { program, url } = await start(`auth_opt_backends files, jwt
    auth_opt_files_password_path @/users
    auth_opt_files_acl_path @/acl
    auth_opt_jwt_mode files
    auth_opt_jwt_secret ${SECRET}
    auth_opt_jwt_userfield Username
    auth_opt_log_level debug`, { users: userOf('anna', 'right'), acl: 'pattern write %u/#\n' })
  const anna = await connect(url, 5, { username: 'anna', password: Buffer.from('right') })
  expect([await publish(anna, 'anna/x'), await publish(anna, 'otto/x')]).toEqual([0, 0x87])
  const guess = { username: 'anna', password: Buffer.from('wrong') }
  await expect(connect(url, 5, guess)).rejects.toMatchObject({ code: 0x87 })
  const token = await tokenMake(Buffer.from(SECRET), 'HS256', { username: 'otto' })
  const otto = await connect(url, 5, { username: token, password: Buffer.from('x') })
  expect([await publish(otto, 'anna/x'), await publish(otto, 'otto/x')]).toEqual([0x87, 0])
  const wrong = await tokenMake(Buffer.from(`${SECRET}!`), 'HS256', { username: 'otto' })
  await expect(connect(url, 4, { username: wrong, password: Buffer.from('x') })).rejects.toMatchObject({ code: 5 })
  await program.line(/auth_opt_log_level changes nothing/)
  expect(program.lines.join('\n')).toMatch(/\(a token\)|refused/)
  expect(program.lines.join('\n')).not.toContain(wrong.split('.')[1])
})

describe('http', () => {
  it.each(['json', 'form'] as const)('asks a server who may come in and do what, by %s', async (mode) => {
    const asked: Asked[] = []
    let isAway = false
    const port = await serverStart((fields) => {
      if (isAway) return [503]
      asked.push(fields)
      const { path, username, password, topic, acc } = fields
      const isYes = path === '/user' ? password === 'right' : path === '/super' ? username === 'root'
        : topic === 'a/x' || topic === 'a/#' && Number(acc) !== 2 || topic === 'w/#' && Number(acc) === 4
      return [200, JSON.stringify({ Ok: isYes, Error: '' })]
    })
    const { url } = await start(`auth_opt_backends http
      auth_opt_http_host 127.0.0.1
      auth_opt_http_port ${port}
      auth_opt_http_getuser_uri /user
      auth_opt_http_superuser_uri super
      auth_opt_http_aclcheck_uri /acl
      auth_opt_http_params_mode ${mode}
      auth_opt_http_response_mode json`)
    const come = (username: string, password = 'right'): Promise<Client> =>
      connect(url, 5, { username, password: Buffer.from(password), clientId: `c-${username}` })
    const anna = await come('anna')
    await expect(come('anna', 'wrong')).rejects.toMatchObject({ code: 0x87 })
    expect([await publish(anna, 'a/x'), await publish(anna, 'a/x'), await publish(anna, 'b/x')]).toEqual([0, 0, 0x87])
    expect(await anna.subscribe('a/#', { qos: 1 })).toEqual([1])
    // A filter may be subscribed to, but not all that it matches may be read.
    await expect(anna.subscribe('w/#', { qos: 1 })).rejects.toThrow()
    const asks = asked.filter(({ path }) => path === '/acl').map(({ username, clientid, topic, acc }) =>
      [username, clientid, topic, Number(acc)].join())
    // The same is not asked again at once.
    expect(asks).toEqual(['anna,c-anna,a/x,2', 'anna,c-anna,b/x,2', 'anna,c-anna,a/#,4', 'anna,c-anna,a/#,1',
      'anna,c-anna,w/#,4', 'anna,c-anna,w/#,1'])
    expect(await publish(await come('root'), 'anything')).toBe(0)
    isAway = true
    expect(await publish(anna, 'c/x')).toBe(0x87)
    await expect(come('otto')).rejects.toMatchObject({ code: 0x80 })
    isAway = false
    await come('otto')
  })
})

describe('is refused with what to write instead', () => {
  const http = 'auth_opt_http_host h\nauth_opt_http_getuser_uri /u\nauth_opt_http_aclcheck_uri /a'

  it.each([
    ['', 'go-auth needs auth_opt_backends; say files, jwt or http.'],
    ['auth_opt_backends redis', 'm.conf:3: go-auth\'s backend redis is not supported: keep users in files, or ask a'],
    ['auth_opt_backends files', 'the backend files needs auth_opt_files_password_path; add it.'],
    ['auth_opt_backends jwt\nauth_opt_jwt_mode remote', 'm.conf:4: the backend jwt is only there with jwt_mode files'],
    ['auth_opt_backends http', 'the backend http needs auth_opt_http_host; add it.'],
    [`auth_opt_backends http\n${http}\nauth_opt_check_prefix true`, 'm.conf:7: a User Name\'s prefix chooses no'],
    [`auth_opt_backends http\n${http}\nauth_opt_use_clientid_as_username true`, 'clients are known by their User'],
    [`auth_opt_backends http\n${http}\nauth_opt_http_register user`, 'each backend is asked both for users and for'],
    [`auth_opt_backends jwt, files\nauth_opt_files_password_path @/f\nauth_opt_files_acl_path @/f
      auth_opt_jwt_mode files\nauth_opt_jwt_secret ${SECRET}\nauth_opt_jwt_acl_path @/m.conf`,
    'm.conf:8: files_acl_path and jwt_acl_path are two files; put their rules into one'],
    [`auth_opt_backends http\n${http}\nacl_file @/f`, 'go-auth and password_file or acl_file stand together'],
    [`auth_opt_backends http\n${http}\nauth_opt_http_params_mode xml`, 'http_params_mode is xml; say json, form.'],
  ])('%s', (lines, sentence) => {
    expect(() => load(`listener 1\nauth_plugin /x/go-auth.so\n${lines}`, { f: '' })).toThrow(sentence)
  })

  it('a server for one listener of several', () => {
    const lines = `listener 1\nplugin /x/go-auth.so\nplugin_opt_backends http\n${http.replaceAll('auth_', 'plugin_')}`
    expect(() => load(`per_listener_settings true\n${lines}`)).toThrow('the backend http is for all listeners')
    expect(load(`${lines}\nplugin_opt_http_with_tls true`).notices)
      .toEqual([expect.stringMatching(/without auth_opt_http_verify_peer true whoever answers is taken/)])
  })
})
