// Tokens by keys of a configuration, which SIGHUP reads again; and that no token gets into a log.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { COMMAND_LINE } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { load } from './configuration_lines'
import { brokersEnd, folderMake } from './library'
import { pairFor, pemOf, tokenMake } from './token_makers'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

describe('keys of tokens', () => {
  it('come to options of the realm, each listener\'s own where that is asked', () => {
    const lines = `
      listener 1
      jwt_keys_file @/k
      jwt_keys_file @/k
      jwt_secret_file @/k
      jwt_keys_url https://issuer/keys
      jwt_keys_cafile @/k
      jwt_keys_max_age 60
      jwt_algorithms ES256, RS256
      jwt_issuer https://issuer
      jwt_audience mqtt
      jwt_audience other
      jwt_type at+jwt
      jwt_leeway 30
      jwt_user_claim name
      jwt_publish_claim acl.pub
      jwt_subscribe_claim acl.sub
      jwt_topics_claim acl.all
      jwt_scope sensors:write write sensors/my room/#
      listener 2`
    const file = expect.stringMatching(/\/k$/) as string
    const options = {
      keyFiles: [file, file], secretFiles: [file], keysUrl: 'https://issuer/keys', keysAuthority: file, keysMaxAge: 60,
      algorithms: ['ES256', 'RS256'], issuers: ['https://issuer'], audiences: ['mqtt', 'other'], type: 'at+jwt',
      leeway: 30, userClaim: 'name', publishClaim: 'acl.pub', subscribeClaim: 'acl.sub', topicsClaim: 'acl.all',
      scopes: [{ scope: 'sensors:write', access: 'write', filter: 'sensors/my room/#' }],
    }
    expect(load(lines, { k: '' }).realms.map(({ tokens }) => tokens?.options)).toEqual([options])
    expect(load(`per_listener_settings true${lines}`, { k: '' }).realms.map(({ tokens }) => tokens?.options))
      .toEqual([options, undefined])
  })

  it.each([
    ['jwt_issuer x', 'tokens need keys: add jwt_keys_file, jwt_keys_url or jwt_secret_file.'],
    ['jwt_keys_url https://x', 'jwt_keys_url needs jwt_issuer and jwt_audience'],
    ['jwt_algorithms ES256,none', 'none is no algorithm of tokens; say some of RS256,'],
    ['jwt_scope a b c', 'jwt_scope is a b c; say sensors:write write sensors/#, say.'],
    ['jwt_user_claim a\njwt_user_claim b', 'there is a second jwt_user_claim; delete one of them.'],
    ['jwt_keys_file /nowhere', 'jwt_keys_file: /nowhere does not exist'],
  ])('are refused: %s', (lines, sentence) => {
    expect(() => load(lines)).toThrow(sentence)
  })
})

it('a gateway takes tokens by its file, other keys at SIGHUP, and logs no token', async () => {
  const [first, second] = [pairFor('ES256'), pairFor('ES256')]
  const folder = folderMake({ keys: pemOf(first), acl: 'pattern write %u/#\n', bad: 'nothing' })
  const path = join(folder, 'm.conf')
  writeFileSync(path, `listener 0 127.0.0.1\nacl_file ${folder}/acl\njwt_keys_file ${folder}/bad\n`)
  const test = new Program(process.execPath, [COMMAND_LINE, '-c', path, '--test-config'])
  await test.line(/m\.conf:3: .*\/bad is neither PEM nor a JWKS\./)
  expect((await test.end()).code).toBe(1)
  writeFileSync(path, `listener 0 127.0.0.1\nacl_file ${folder}/acl\njwt_keys_file ${folder}/keys\n`)
  const program = new Program(process.execPath, [COMMAND_LINE, '-c', path])
  const url = `mqtt://127.0.0.1:${/port (\d+)/.exec(await program.line(/listens/))![1]}`
  const token = await tokenMake(first.privateKey, 'ES256')
  const other = await tokenMake(second.privateKey, 'ES256', { sub: 'otto' })
  const come = (password: string, version: 4 | 5 = 5): ReturnType<typeof connect> =>
    connect(url, version, { username: password, password: Buffer.from(password) })
  const anna = await come(token)
  await anna.publish('anna/x', 'x', { qos: 1 })
  await expect(anna.publish('otto/x', 'x', { qos: 1 })).rejects.toThrow('Not authorized')
  await expect(come(other)).rejects.toMatchObject({ code: 0x87 })
  await expect(come(other, 4)).rejects.toMatchObject({ code: 5 })
  writeFileSync(join(folder, 'keys'), pemOf(second))
  program.signal('SIGHUP')
  await program.line(/read again/)
  await come(other)
  await expect(come(token)).rejects.toMatchObject({ code: 0x87 })
  await anna.publish('anna/x', 'still there', { qos: 1 })
  program.signal('SIGTERM')
  const { lines, errors } = await program.end()
  const said = [...lines, ...errors].join('\n')
  expect(said).toMatch(/anna/)
  for (const secret of [token, other]) {
    for (const part of secret.split('.')) expect(said).not.toContain(part.slice(0, 30))
  }
})
