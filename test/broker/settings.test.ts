// What an owner may set has a place: a typed array takes a value beyond its end without a word, and forgets it.
import { expect, it } from 'vitest'
import * as all from '../../src/broker/settings'

it('every setting of the gateway is what it was set to', () => {
  const entries = Object.entries(all)
  const numbers = entries.filter(([name]) => name.startsWith('SETTING_')).map(([, number]) => Number(number))
  for (const number of numbers) all.settingSet(number, number + 2)
  expect(numbers.map((number) => all.settingOf(number))).toEqual(numbers.map((number) => number + 2))
  expect(new Set(numbers).size).toBe(all.settings.length)
})
