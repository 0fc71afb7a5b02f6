// What a board's owner may set, as the page and the library are given it; files are in secrets.test.ts.
import { describe, expect, it } from 'vitest'
import { configurationOf, ownerFiles } from '../../src/flash'

const HOME = { wifiName: 'home', wifiPassword: 'hush-hush' }

describe('the owner\'s files', () => {
  it.each([
    [{ ...HOME, wifiPassword: 'hush-6' }, {}, /^the password of a Wi-Fi must be a text of 8 to 63 characters/],
    [{ ...HOME, wifiName: 'ü'.repeat(17) }, {}, /^the name of a Wi-Fi must be a text of up to 32 bytes$/],
    [{ ...HOME, hostName: 'the attic' }, {}, /^the board's name must be a text of up to 32 letters, digits/],
    [{ ...HOME, userName: 'ann' }, {}, /^a user needs both a name and a password$/],
    [{}, { wifi_ssid: 'home', wifi_password: 'hush-6' }, /^"wifi_password" must be a text of 8 to 63 characters/],
    [HOME, { max_keepalive: '60', prot: 1_884 }, /^"max_keepalive" must be a number.*; there is no setting "prot"$/],
    [{}, { port: 1_884 }, /^which Wi-Fi\?/],
  ])('are not made of %j over %j', (choices, base, sentence) => {
    expect(() => ownerFiles(choices, base)).toThrow(sentence)
  })

  it('keep what a configuration says that nobody has asked about', () => {
    const base = { $schema: './midge.schema.json', port: 1_884, users: { ann: 'x' } }
    const files = ownerFiles({ ...HOME, wifiPassword: '', userName: 'bob', userPassword: 'y' }, base)
    const expected = { ...base, wifi_ssid: 'home', wifi_password: '', users: { ann: 'x', bob: 'y' } }
    expect(configurationOf(files)).toEqual(expected)
  })
})
