// The built library, and brokers that end with their test.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LIBRARY } from '../interop/gateway_build'
import type { Broker, BrokerOptions, ListenerOptions } from '../../src/port/node/library/api'
import { PATIENCE_MS } from '../support/patience'

interface Library {
  createBroker(options?: BrokerOptions): Broker
}

const brokers: Broker[] = []
const folders: string[] = []

/** A broker, which `made` sees before anything has happened to it; see brokersEnd. */
export async function brokerMake(
  options: BrokerOptions = {}, made: (broker: Broker) => void = () => undefined,
): Promise<Broker> {
  const { createBroker } = await import(LIBRARY) as Library
  const broker = createBroker(options)
  brokers.push(broker)
  made(broker)
  return broker
}

/** A broker that listens on a free port. */
export async function brokerListen(
  options: BrokerOptions = {}, listener: ListenerOptions = {},
): Promise<{ broker: Broker, port: number, url: string }> {
  const broker = await brokerMake(options)
  const port = await broker.listen({ port: 0, ...listener })
  return { broker, port, url: `mqtt://127.0.0.1:${port}` }
}

/** Ends what the test made. */
export async function brokersEnd(): Promise<void> {
  await Promise.all(brokers.splice(0).map((broker) => broker.close()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** A folder of the test's own with files in it; answers its path. */
export function folderMake(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'midge-test-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

/** Waits until something is true. */
export async function until(isTrue: () => boolean): Promise<void> {
  const limit = Date.now() + PATIENCE_MS
  while (!isTrue()) {
    if (Date.now() > limit) throw new Error('it never came true')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
