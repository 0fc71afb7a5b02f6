// Payloads and amounts as the page shows them.
import { describe, expect, it } from 'vitest'
import { amount, ago, blockOf, duration, lineOf, numberOf, plain } from '../../src/dashboard/text'

const bytes = (text: string): Buffer => Buffer.from(text)

describe('payloads', () => {
  it.each<[string, string, number | undefined]>([
    ['a number', '21.5', 21.5], ['with a unit', '21.5 °C', 21.5], ['negative', '-3e2', -300],
    ['the first of a JSON object', '{"on":true,"power":12.5,"x":1}', 12.5], ['a word', 'on', undefined],
    ['a time', '12:30', undefined], ['two numbers', '1 2', undefined], ['no JSON', '{"a":1', undefined],
    ['JSON that is no object', '[1]', undefined], ['nothing', '', undefined],
  ])('have a number for the chart: %s', (_name, text, number) => expect(numberOf(bytes(text))).toBe(number))

  it('are shown in lines where they are JSON, as they are where they are text, else in hexadecimal', () => {
    expect(blockOf(bytes('{"a":[1]}'))).toBe('{\n  "a": [\n    1\n  ]\n}')
    expect(blockOf(bytes('{no json'))).toBe('{no json')
    expect(blockOf(Buffer.from([0xff, 0x00, 0x10]))).toBe('ff 00 10')
    expect(lineOf(bytes('a\n  b'))).toBe('a b')
    expect(lineOf(Buffer.alloc(0))).toBe('(empty)')
    expect(blockOf(bytes('x'.repeat(9_000)))).toMatch(/x\n… 808 more bytes$/)
  })

  it('cannot forge the look of the page by control characters', () => {
    expect(plain('a\u202eb\u0007c\u200bd')).toBe('a\ufffdb\ufffdc\ufffdd')
    expect(plain('Grüße\n\t😀')).toBe('Grüße\n\t😀')
  })
})

it('amounts and times have few digits', () => {
  expect([0, 9_999, 10_000, 12_345_678, 0.25].map(amount)).toEqual(['0', '9999', '10 k', '12.3 M', '0.3'])
  expect([5, 90, 3_700, 90_000].map(duration)).toEqual(['5 s', '1 min', '1 h 1 min', '1 d 1 h'])
  expect([0, 61].map(ago)).toEqual(['now', '1 min ago'])
})
