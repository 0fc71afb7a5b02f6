// The worked example of CONTRIBUTING.md: it compiles, a gateway that is built with it keeps what is retained, and a
// board without it is what it was.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { connectAsync } from 'mqtt'
import ts from 'typescript'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleFor } from '../../scripts/build/edition.mjs'
import { ROOT } from '../../scripts/lib/root.mjs'
import type * as gateway from '../../src/port/node/bundle'
import { workedExample } from '../support/worked_example'

const sources = workedExample()
const folder = join(ROOT, '.cache', 'test', 'worked_example')

/** What the compiler says of the gateway's edition with the example in it. */
function compilerErrors(): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
  const own = { ...options, incremental: false, tsBuildInfoFile: undefined }
  const host = ts.createCompilerHost(own)
  const texts = new Map(Object.entries(sources).map(([file, text]) => [join(ROOT, file), text]))
  const { fileExists, readFile } = host
  host.fileExists = (file) => texts.has(file) || fileExists(file)
  host.readFile = (file) => texts.get(file) ?? readFile(file)
  const getSourceFile = host.getSourceFile.bind(host)
  host.getSourceFile = (file, ...rest) => texts.has(file)
    ? ts.createSourceFile(file, texts.get(file)!, rest[0])
    : getSourceFile(file, ...rest)
  const program = ts.createProgram([join(ROOT, 'src/port/node/bundle.ts')], own, host)
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) =>
    `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`)
}

/** Starts a broker on a free port, has something done with a client, and stops it. */
async function session<T>(factory: () => typeof gateway, work: (url: string) => Promise<T>): Promise<T> {
  const broker = factory()
  broker.start()
  const port = await broker.listen({ port: 0, host: '127.0.0.1' })
  const answer = await work(`mqtt://127.0.0.1:${port}`)
  await broker.stop()
  return answer
}

async function publish(url: string, messages: [topic: string, payload: string][]): Promise<void> {
  const client = await connectAsync(url, { protocolVersion: 5 })
  for (const [topic, payload] of messages) {
    await client.publishAsync(topic, payload, {
      qos: 1, retain: true, properties: { userProperties: { unit: 'degrees' } },
    })
  }
  await client.endAsync()
}

/** What is retained, as a client is sent it: until the message of a topic that stands last. */
async function retained(url: string, last: string): Promise<string[]> {
  const client = await connectAsync(url, { protocolVersion: 5 })
  const found: string[] = []
  await new Promise<void>((resolve, reject) => {
    client.on('message', (topic, payload, { qos, retain, properties }) => {
      found.push(`${topic} ${payload.toString()} ${qos} ${retain} ${String(properties?.userProperties?.unit)}`)
      if (topic === last) resolve()
    })
    client.subscribeAsync(['home/#', last], { qos: 1 }).catch(reject)
  })
  await client.endAsync()
  return found.filter((message) => !message.startsWith(last)).sort()
}

describe('the worked example of CONTRIBUTING.md', () => {
  afterAll(() => {
    delete process.env.MIDGE_RETAINED_FILE
    rmSync(folder, { recursive: true, force: true })
  })

  it('compiles', () => {
    expect(compilerErrors()).toEqual([])
  })

  it('keeps what is retained through a restart', async () => {
    rmSync(folder, { recursive: true, force: true })
    const { code } = await bundleFor('host', { FEATURE_RETAINED_FILE: true }, sources)
    const file = join(folder, 'midge.mjs')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, code, 'latin1')
    process.env.MIDGE_RETAINED_FILE = join(folder, 'retained.jsonl')
    const { createBroker } = await import(pathToFileURL(file).href) as { createBroker(): typeof gateway }
    await session(createBroker, (url) => publish(url, [
      ['home/hall', '20'], ['home/hall', '21'], ['home/cellar', '9'], ['home/cellar', ''], ['last', 'x'],
    ]))
    expect(await session(createBroker, (url) => retained(url, 'last'))).toEqual(['home/hall 21 1 true degrees'])
  })

  it('costs a board without it nothing', async () => {
    expect((await bundleFor('smallest', {}, sources)).code).toBe((await bundleFor('smallest')).code)
  })
})
