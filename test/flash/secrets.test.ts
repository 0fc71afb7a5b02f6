// What the commands that flash are told in confidence, and where it must not go.
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { chipLayout, STORAGE_SIZE, STORAGE_START } from '../../src/flash/layout'
import { configurationOf } from '../../src/flash/owner_files'
import { storageFiles } from '../../src/flash/storage_build'
import { runAtTerminal, runProgram, runScript } from './command_run'
import { HAS_PSEUDO_TERMINAL } from './pseudo_port'
import { releaseTgz } from './release'

const folder = mkdtempSync(join(tmpdir(), 'midge-secrets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, data: Uint8Array | string): string => {
  writeFileSync(join(folder, name), data)
  return join(folder, name)
}
const RELEASE = file('esp32.tgz', releaseTgz(chipLayout('ESP32')!))
const SECRETS = { MIDGE_WIFI_PASSWORD: 'hush-hush', MIDGE_USER_PASSWORD: 'whisper' }
const EXPECTED = { wifi_ssid: 'home', wifi_password: 'hush-hush', users: { ann: 'whisper' } }

/** The configuration in an image of a whole flash. */
function configurationIn (image: string): unknown {
  const storage = new Uint8Array(readFileSync(image)).subarray(STORAGE_START, STORAGE_START + STORAGE_SIZE)
  return configurationOf(storageFiles(storage))
}

describe('passwords', () => {
  it('come from the environment, and npm writes them nowhere', async () => {
    const cache = join(folder, 'cache')
    const out = join(folder, 'environment.bin')
    const { code, output } = await runProgram('npm', ['run', 'flash', '--cache', cache, '--update-notifier=false', '--',
      '--dry-run', '--out', out, '--firmware', RELEASE, '--ssid', 'home', '--user', 'ann'], SECRETS)
    expect([code, output]).toEqual([0, expect.stringContaining('write it at address 0')])
    const logs = readdirSync(join(cache, '_logs')).map(name => readFileSync(join(cache, '_logs', name), 'utf8'))
    // The log has the line, so that it would have had a password in it.
    expect(logs.join()).toContain('--ssid')
    expect(output + logs.join()).not.toMatch(/hush-hush|whisper/)
    expect(configurationIn(out)).toEqual(EXPECTED)
  })

  it.skipIf(!HAS_PSEUDO_TERMINAL)('are asked for at a terminal, and not shown (python3)', async () => {
    const out = join(folder, 'terminal.bin')
    const { code, output, left } = await runAtTerminal('flash',
      ['--dry-run', '--out', out, '--firmware', RELEASE, '--ssid', 'home', '--user', 'ann'],
      [['Password of home', 'hush-hush\r'], ['Password of ann', 'whisper\r']])
    expect([code, left]).toEqual([0, []])
    expect(output).not.toMatch(/hush-hush|whisper/)
    expect(configurationIn(out)).toEqual(EXPECTED)
  })

  it('of a user are needed where nobody can be asked', async () => {
    const { code, output } = await runScript('flash',
      ['--dry-run', '--firmware', RELEASE, '--ssid', 'home', '--open', '--user', 'ann'])
    expect([code, output]).toEqual([2, expect.stringMatching(/^user ann lacks a password: .*MIDGE_USER_PASSWORD\n$/)])
  })

  it('are in an image that nobody else can read, also where one stood that everybody could', async () => {
    const out = file('open.bin', 'old')
    chmodSync(out, 0o644)
    const { code } = await runScript('flash',
      ['--dry-run', '--out', out, '--firmware', RELEASE, '--ssid', 'home', '--password', 'hush-hush'])
    expect([code, statSync(out).mode & 0o777, statSync(out).size]).toEqual([0, 0o600, 0x40_0000])
    expect(readdirSync(folder).filter(name => name.startsWith('open'))).toEqual(['open.bin'])
  })
})

describe.each([
  ['flash', ['--dry-run', '--firmware', RELEASE, '--open']],
  ['upload', ['--port', join(folder, 'absent')]],
])('%s refuses a midge.json, and quotes nothing of it,', (command, options) => {
  it.each([
    ['that is torn', '{"wifi_password":\n "hush-hu', 'is no JSON: look at line 2, column 2'],
    ['with a value that is none', '{"wifi_password": hush-hush}', 'is no JSON: look at line 1, column 19'],
    ['with too much behind it', '{"port": 1884}\n\n  hush-hush', 'is no JSON: look at line 3, column 3'],
    ['with a comma too many', '{"port": [1, 2.5e3, {}, "\\u0041"],}', 'is no JSON: look at line 1, column 35'],
    ['with an unknown setting', '{"wifi_pasword": "hush-hush"}', 'there is no setting "wifi_pasword"'],
    ['with a number for a text', '{"users": {"ann": 1234567}}', '"users", "ann" must be a text'],
    ['with a wrong line for access', '{"acl": ["user ann", "hush-hush"]}', '"acl", entry 2 must be a line of an'],
    ['with a Wi-Fi password of 6 letters', '{"wifi_password": "hush-6"}', '"wifi_password" must be a text of 8 to'],
    ['with two mistakes', '{"port": 0, "hostname": "hush me"}',
      '"port" must be a number from 1 to 65535; "hostname" must be a text of up to 32 letters'],
    ['that is a list', '["hush-hush"]', 'must be an object'],
  ])('%s', async (_, text, sentence) => {
    const configuration = file('midge.json', text)
    const { code, output } = await runScript(command, [...options, '--config', configuration])
    expect([code, output]).toEqual([2, expect.stringContaining(sentence)])
    expect(output).not.toMatch(/hush|1234567/)
    expect(output.trim().split('\n')).toHaveLength(1)
  })
})
