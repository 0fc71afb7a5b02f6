// Where a file says that large payloads go.
import { afterEach, expect, it } from 'vitest'
import { load } from '../configuration_lines'
import { brokersEnd } from '../library'

afterEach(brokersEnd)

it('takes spool_location and spool_size, and one place alone', () => {
  expect(load('spool_location /srv/midge\nspool_size 0').spool).toEqual({ location: '/srv/midge', sizeMax: 0 })
  expect(() => load('spool_size -1')).toThrow('m.conf:1: spool_size is -1; say a number from 0 to')
  expect(() => load('persistence true\nspool_location /srv/midge'))
    .toThrow('m.conf:2: spool_location is for a broker without persistence; with it large payloads are kept in its')
})
