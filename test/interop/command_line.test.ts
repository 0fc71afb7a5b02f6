// The command line of the gateway: how it starts, and how it ends.
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { COMMAND_LINE } from './gateway_build'
import { gatewayStart, gatewayStop } from './gateway'
import { VERSIONS, clientsEnd, connect } from './mqttjs_client'
import { Program, programsEnd } from './program'
import { VERSION } from '../../src/version'

afterEach(async () => {
  await clientsEnd()
  await programsEnd()
})

const midge = (...parameters: string[]): Program => new Program(process.execPath, [COMMAND_LINE, ...parameters])

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('tells 5.0 clients why, closes the others, and ends with 0', async () => {
    const gateway = await gatewayStart()
    const clients = await Promise.all(VERSIONS.map(({ version }) => connect(gateway.url, version)))
    const closed = clients.map(({ mqtt }) => new Promise((resolve) => mqtt.once('close', () => resolve(true))))
    const reasonCodes: (number | undefined)[] = []
    for (const { mqtt } of clients) mqtt.on('disconnect', ({ reasonCode }) => reasonCodes.push(reasonCode))
    gateway.program.signal(signal)
    const { code, lines, errors } = await gateway.program.end()
    expect(await Promise.all(closed)).toEqual([true, true, true])
    expect(reasonCodes).toEqual([0x8b])
    expect({ code, errors }).toEqual({ code: 0, errors: [] })
    expect(lines.filter((line) => line.endsWith(`${signal}: closing`))).toHaveLength(1)
  })

  it('ends at once when nobody is connected', async () => {
    const gateway = await gatewayStart()
    const start = performance.now()
    gateway.program.signal(signal)
    expect((await gateway.program.end()).code).toBe(0)
    expect(performance.now() - start).toBeLessThan(1_500)
  })
})

describe('what cannot be', () => {
  it('a port that is in use is one sentence and 1', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const { code, lines, errors } = await midge('--port', String(port)).end()
    await new Promise((resolve) => other.close(resolve))
    expect(code).toBe(1)
    expect(lines).toEqual([])
    expect(errors).toEqual([
      `midge: 127.0.0.1 port ${port} is in use: end the other program, or choose a port with --port.`,
    ])
  })

  it('a port that is no port, and an option that nobody knows, are one sentence and 2', async () => {
    for (const parameters of [['--port', '70000'], ['--prot', '1']]) {
      const { code, lines, errors } = await midge(...parameters).end()
      expect(code).toBe(2)
      expect(lines).toEqual([])
      expect(errors.filter((line) => line !== '')[0]).toMatch(/^error: /)
    }
  })
})

describe('what it says', () => {
  it('--version', async () => {
    expect((await midge('--version').end()).lines).toEqual([VERSION])
  })

  it('--help names every option', async () => {
    const { code, lines } = await midge('--help').end()
    expect(code).toBe(0)
    for (const option of ['--port', '--host', '--allow-anonymous', '--verbose', '--version']) {
      expect(lines.some((line) => line.includes(option))).toBe(true)
    }
  })

  it('--verbose tells of a connection, its address, its version and its end, in sentences', async () => {
    const gateway = await gatewayStart()
    const client = await connect(gateway.url, 5)
    await gateway.program.line(/Z \S+ \(127\.0\.0\.1\) connected, MQTT 5\.0$/)
    await client.end()
    await gateway.program.line(/Z \S+ \(127\.0\.0\.1\) disconnected$/)
    await gatewayStop(gateway)
  })
})
