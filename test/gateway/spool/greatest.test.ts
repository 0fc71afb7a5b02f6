// The greatest PUBLISH that the standard allows, from and to mosquitto's clients, and the memory of the gateway.
import { createHash } from 'node:crypto'
import { createReadStream, openSync, readFileSync, writeSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterEach, expect, it } from 'vitest'
import { gatewayStart } from '../../interop/gateway'
import { HAS_MOSQUITTO, describeInstalled } from '../../interop/optional'
import { programsEnd, run } from '../../interop/program'
import { brokersEnd, folderMake } from '../library'

const TOPIC = 'greatest'
/** The greatest Remaining Length, without what stands in front of the payload at QoS 1 in 5.0. */
const SIZE = 268_435_455 - 2 - TOPIC.length - 2 - 1
/** The process may have grown by that, bytes: far less than the payload. */
const GROWTH_MAX = 120_000_000
const BLOCK = 1_048_576

async function hashOf(stream: Readable): Promise<{ hash: string, size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of stream) {
    hash.update(chunk as Buffer)
    size += (chunk as Buffer).length
  }
  return { hash: hash.digest('hex'), size }
}

function payloadWrite(path: string): void {
  const file = openSync(path, 'w')
  const block = Buffer.alloc(BLOCK)
  for (let at = 0; at < SIZE; at += BLOCK) {
    // No two blocks are the same.
    for (let i = 0; i < BLOCK; i += 4) block.writeUInt32LE(at + i, i)
    writeSync(file, block, 0, Math.min(BLOCK, SIZE - at))
  }
}

const memoryOf = (pid: number, what: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]) * 1_024

afterEach(async () => {
  await programsEnd()
  await brokersEnd()
})

describeInstalled('mosquitto\'s clients', HAS_MOSQUITTO, 'mosquitto-clients', () => {
  it('it passes to several of them, and is retained, while the gateway stays small', async () => {
    const path = join(folderMake(), 'payload')
    payloadWrite(path)
    const wanted = await hashOf(createReadStream(path))
    const gateway = await gatewayStart()
    const before = memoryOf(gateway.program.pid, 'VmRSS')
    const read = (version: string): Promise<{ hash: string, size: number }> => hashOf(spawn('mosquitto_sub', [
      '-p', String(gateway.port), '-V', version, '-t', TOPIC, '-q', '1', '-C', '1', '-N']).stdout)
    // One that comes too late is sent what is retained.
    const reads = ['311', '5'].map(read)
    await run('mosquitto_pub', '-p', String(gateway.port), '-V', '5', '-t', TOPIC, '-q', '1', '-r', '-f', path)
    expect(await Promise.all(reads)).toEqual([wanted, wanted])
    expect(await read('5')).toEqual(wanted)
    expect(memoryOf(gateway.program.pid, 'VmHWM') - before).toBeLessThan(GROWTH_MAX)
  }, 600_000)
})
