// What mosquitto.conf says of the log, and what has no effect here.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { LogWriter } from '../../src/port/node/gateway/log_writer'
import { timeFormatted } from '../../src/port/node/gateway/time_format'
import { load } from './configuration_lines'
import { brokersEnd, folderMake } from './library'

afterEach(brokersEnd)

describe('what changes nothing', () => {
  it('is taken, with a line that says so', () => {
    const keys = ['autosave_interval 30', 'retry_interval 20', 'store_clean_interval 10',
      'log_facility 5', 'websockets_log_level 255']
    const { notices } = load(keys.join('\n'))
    expect(notices.map(notice => notice.replace(/^.*m\.conf:/, '').split(':')[1])).toEqual(
      keys.map(key => ` ${key.split(' ')[0]} changes nothing`))
  })

  it('leaves the log where it is: kinds of lines and places that there are not', () => {
    const { notices, log } = load('log_type error\nlog_type debug\nlog_type subscribe\nlog_dest topic')
    expect(notices).toHaveLength(3)
    expect([...log.types]).toEqual(['error'])
    expect(log.destinations).toEqual([{ kind: 'stdout' }])
    expect(load('log_dest syslog').log.destinations).toEqual([{ kind: 'stderr' }])
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
