// A network that was chosen at a board's access point: kept, through power cuts, until there is another one.
import { describe, expect, it } from 'vitest'
import { Random } from '../model/random'
import { joinedNetwork, post, rescueWorld, SETTINGS, typed, untilOpen } from './rescue_world'
import { recordChanges, torn, wordsOf } from './torn_flash'

describe('a network that was chosen', () => {
  const both = { home: 'old secret', other: 'new secret' }

  it('is in force or is not, wherever the power goes while it is written, and another one can be', async () => {
    const world = await rescueWorld()
    const { driver } = world
    untilOpen(world)
    const { flash, wifi } = driver.board
    const { base, changes } = recordChanges(driver)
    wifi.networks.other = 'new secret'
    post(driver, typed('other', 'new secret'))
    await world.advance(10_000)
    expect(joinedNetwork(world)).toBe('other')
    // One write, of one entry: no file is made or moved.
    expect(changes.map(({ bytes }) => bytes.length)).toEqual([10 + 4 + 5 + 10])
    const random = new Random(1)
    const found = new Set<string>()
    for (let words = 0; words < wordsOf(changes[0]); words++) {
      const cut = await rescueWorld(SETTINGS, both, torn(base, changes[0], words, random))
      await cut.advance(3_000)
      found.add(joinedNetwork(cut))
      // What is half written keeps nothing from being written behind it.
      cut.driver.board.wifi.networks.third = 'third secret'
      for (const name of ['home', 'other']) delete cut.driver.board.wifi.networks[name]
      cut.driver.board.wifi.lose()
      untilOpen(cut)
      post(cut.driver, typed('third', 'third secret'))
      await cut.advance(10_000)
      const next = await rescueWorld(SETTINGS, { ...both, third: 'third secret' }, cut.driver.board.flash.bytes)
      await next.advance(3_000)
      expect(joinedNetwork(next)).toBe('third')
    }
    // The last word torn may be whole.
    expect([...found].sort()).toEqual(['home', 'other'])
    const whole = await rescueWorld(SETTINGS, both, flash.bytes)
    await whole.advance(3_000)
    expect(joinedNetwork(whole)).toBe('other')
  })

  it('gives way to a midge.json that was changed since', async () => {
    const world = await rescueWorld()
    untilOpen(world)
    world.driver.board.wifi.networks.other = 'new secret'
    post(world.driver, typed('other', 'new secret'))
    await world.advance(10_000)
    world.driver.board.writeFile('midge.json', JSON.stringify({ ...SETTINGS, max_keepalive: 60 }))
    const next = await rescueWorld(SETTINGS, both, world.driver.board.flash.bytes)
    await next.advance(3_000)
    expect(joinedNetwork(next)).toBe('home')
  })

  it('is forgotten, and that is said, when there is no room for another one', async () => {
    const world = await rescueWorld()
    const { board } = world.driver
    untilOpen(world)
    for (let round = 0; round <= 32; round++) {
      const name = `network${round}`
      for (const old of Object.keys(board.wifi.networks)) delete board.wifi.networks[old]
      board.wifi.networks[name] = 'new secret'
      expect(board.output.join()).not.toContain('no room')
      post(world.driver, typed(name, 'new secret'))
      await world.advance(10_000)
      expect(joinedNetwork(world)).toBe(name)
      delete board.wifi.networks[name]
      board.wifi.lose()
      untilOpen(world)
    }
    expect(board.output).toContain('error: there is no room for another network: it is forgotten at the next start')
    const next = await rescueWorld(SETTINGS, { network31: 'new secret' }, board.flash.bytes)
    await next.advance(3_000)
    expect(joinedNetwork(next)).toBe('network31')
  })
})
