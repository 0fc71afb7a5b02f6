// What mosquitto.conf says of the log, and what has no effect here.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { LogWriter } from '../../src/port/node/gateway/log_writer'
import { timeFormatted } from '../../src/port/node/gateway/time_format'
import { COMMAND_LINE } from '../interop/gateway_build'
import { clientsEnd, connect } from '../interop/mqttjs_client'
import { Program, programsEnd } from '../interop/program'
import { load } from './configuration_lines'
import { brokersEnd, folderMake, until } from './library'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
  await brokersEnd()
})

describe('what changes nothing', () => {
  it('is taken, with a line that says so', () => {
    const keys = ['autosave_interval 30', 'retry_interval 20', 'store_clean_interval 10',
      'log_facility 5', 'websockets_log_level 255']
    const { notices } = load(keys.join('\n'))
    expect(notices.map(notice => notice.replace(/^.*m\.conf:/, '').split(':')[1])).toEqual(
      keys.map(key => ` ${key.split(' ')[0]} changes nothing`))
  })

  it('leaves the log where it is: kinds of lines and places that there are not', () => {
    const { notices, log } = load('log_type error\nlog_type internal\nlog_dest dlt\nlog_dest android')
    expect(notices).toHaveLength(3)
    expect([...log.types]).toEqual(['error'])
    expect(log.destinations).toEqual([{ kind: 'stdout' }])
    expect(load('log_dest syslog').log.destinations).toEqual([{ kind: 'stderr' }])
  })
})

describe('log_type and log_dest topic', () => {
  it('have kinds that are not usual, and all', () => {
    expect([...load('').log.types]).toEqual(['error', 'warning', 'notice', 'information'])
    expect([...load('log_type debug\nlog_type websockets').log.types]).toEqual(['debug', 'websockets'])
    expect(load('log_type all\nlog_dest topic').log).toMatchObject({
      types: new Set(['error', 'warning', 'notice', 'information', 'debug', 'subscribe', 'unsubscribe', 'websockets']),
      destinations: [{ kind: 'topic' }],
    })
    expect([...load('log_type none').log.types]).toEqual([])
  })

  it('tell of subscriptions, WebSockets and sessions, on mosquitto\'s topics too', async () => {
    const folder = folderMake({ 'm.conf': [
      'listener 0 127.0.0.1', 'listener 0 127.0.0.1', 'protocol websockets', 'allow_anonymous true', 'log_type all',
      'log_timestamp false', 'log_dest topic', 'log_dest stdout',
    ].join('\n') })
    const program = new Program(process.execPath, [COMMAND_LINE, '-c', join(folder, 'm.conf')])
    await program.line(/WebSocket.* listens/)
    const [port, webPort] = program.lines.flatMap((line) => / listens on .* port (\d+)$/.exec(line)?.[1] ?? [])
    const reader = await connect(`mqtt://127.0.0.1:${port}`, 5, { clientId: 'reader' })
    await reader.subscribe('$SYS/broker/log/#', { qos: 0 })
    const other = await connect(`ws://127.0.0.1:${webPort}`, 5, {
      clientId: 'other', properties: { sessionExpiryInterval: 0 }, will: { topic: 'gone', payload: 'x' },
    })
    await other.subscribe('a/+', { qos: 1 })
    await other.mqtt.unsubscribeAsync('a/+')
    await other.cut()
    await program.line(/the Will of other was published/)
    await program.line(/a connection came from 127\.0\.0\.1/)
    const heard = (): string[] => reader.messages.map(({ topic, payload }) => `${topic} ${payload.toString()}`)
    await until(() => heard().some((line) => /log\/N other.* disconnected/.test(line)))
    for (const line of [
      /log\/WS a WebSocket came from 127/, /log\/N other \(127\.0\.0\.1\) connected, MQTT 5\.0/,
      /log\/M\/subscribe other \(127\.0\.0\.1\) has subscribed to "?a\/\+"? at QoS 1/,
      /log\/M\/unsubscribe other \(127\.0\.0\.1\) has unsubscribed from "?a\/\+"?/,
    ]) expect(heard()).toContainEqual(expect.stringMatching(line))
    // Those of debugging are on no topic.
    expect(heard().join()).not.toMatch(/the Will of/)
    expect(program.lines).toContainEqual(expect.stringMatching(/other .* has subscribed to/))
  })
})

describe('log_timestamp_format', () => {
  it('is strftime\'s', () => {
    const time = new Date(2026, 1, 3, 16, 5, 9)
    expect(timeFormatted('%Y-%m-%dT%H:%M:%S', time)).toBe('2026-02-03T16:05:09')
    expect(timeFormatted('%a %b %e %I:%M %p %y day %j %% %q', time)).toBe('Tue Feb  3 04:05 PM 26 day 034 % %q')
    expect(timeFormatted('%F %T', time)).toBe('2026-02-03 16:05:09')
    expect(timeFormatted('%s', time)).toBe(String(time.getTime() / 1_000))
    expect(timeFormatted('%z', time)).toMatch(/^[+-]\d{4}$/)
  })

  it('stands in front of each line', () => {
    const path = join(folderMake({}), 'times.log')
    new LogWriter(load(`log_dest file ${path}\nlog_timestamp_format at %Y:`).log).log('error', 'what it says')
    expect(readFileSync(path, 'utf8')).toMatch(/^at \d{4}: what it says\n$/)
  })
})
