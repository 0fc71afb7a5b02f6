// The examples of boards/hub, in the ESP32's bundle in the simulated board.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connect, publish, receivePublish, subscribe } from '../support/client'
import { withHub } from './hub_world'

const example = (name: string): string =>
  readFileSync(new URL(`../../boards/hub/${name}.js`, import.meta.url), 'latin1')

describe('the examples', () => {
  it('relay.js: Home Assistant finds it and switches it', async () => {
    const board = await withHub(example('relay'))
    const assistant = await connect(board, { version: 5 })
    await subscribe(assistant, ['homeassistant/#', 'midge/relay/state'])
    const found = await receivePublish(assistant)
    expect(found).toMatchObject({ topic: 'homeassistant/device/midge_relay/config', retain: true })
    const { device, origin, components } = JSON.parse(found.payload.toString())
    expect([device.identifiers, origin.name]).toEqual([['midge_relay'], 'Midge'])
    const discovery = components.relay as Record<string, string>
    expect(discovery).toMatchObject({ platform: 'switch', unique_id: 'midge_relay' })
    const command = discovery.command_topic
    expect(await receivePublish(assistant)).toMatchObject({ topic: discovery.state_topic, retain: true })
    for (const [text, level] of [['ON', 1], ['nonsense', 1], ['OFF', 0]] as const) {
      await publish(assistant, command, text)
      await board.advance(10)
      expect(board.driver.board.pins.levels[18]).toBe(level)
      if (text !== 'nonsense') expect((await receivePublish(assistant)).payload.toString()).toBe(text)
    }
    await assistant.silence()
  })

  it('sensor.js: reads once a minute, and says nothing of a reading that failed', async () => {
    const module = `var n = 0; exports.connect = function (pin) { return { read: function (callback) {
      n++; callback(n === 2 ? {err: true} : {temp: 20 + n / 4, rh: 40.4}) } } }`
    const board = await withHub(example('sensor'), { DHT22: module })
    const reader = await connect(board)
    await subscribe(reader, 'hall/+')
    const take = async () => {
      const { topic, payload } = await receivePublish(reader)
      return `${topic} ${payload.toString()}`
    }
    expect([await take(), await take()].sort()).toEqual(['hall/humidity 40', 'hall/temperature 20.3'])
    await board.advance(60_000)
    await reader.silence()
    await board.advance(60_000)
    expect([await take(), await take()]).toEqual(['hall/temperature 20.8', 'hall/humidity 40'])
  })

  it('rule.js: the light goes out two minutes after the last motion', async () => {
    const board = await withHub(example('rule'))
    const light = await connect(board, { keepalive: 0 })
    await subscribe(light, { topic: 'hall/light/set', qos: 1 })
    const sensor = await connect(board, { keepalive: 0 })
    const state = async () => (await receivePublish(light)).payload.toString()
    await publish(sensor, 'hall/door/motion', 'ON')
    await board.advance(10)
    expect(await state()).toBe('ON')
    await board.advance(60_000)
    await publish(sensor, 'hall/stairs/motion', 'ON')
    await board.advance(10)
    expect(await state()).toBe('ON')
    await board.advance(119_000)
    await light.silence()
    await board.advance(1_000)
    expect(await state()).toBe('OFF')
    board.driver.board.pins.input(0, 1)
    board.driver.board.pins.input(0, 0)
    await board.advance(100)
    expect(await state()).toBe('ON')
  })
})
