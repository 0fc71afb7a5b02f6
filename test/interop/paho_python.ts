// Scripts for Paho's client for Python, which Home Assistant uses.
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { PYTHON } from './optional'
import { run } from './program'

/** Runs a script of this folder against a broker; answers its lines. */
export const python = (name: string, port: number, ...parameters: string[]): Promise<string[]> =>
  run(PYTHON!, fileURLToPath(new URL(name, import.meta.url)), String(port), ...parameters)

/** Home Assistant finds `count` devices, subscribes to what they say, and gets it. */
export async function homeAssistantRun(port: number, count: number): Promise<void> {
  const steps = (await python('home_assistant.py', port, String(count))).map((line) => JSON.parse(line) as unknown)
  expect(steps).toEqual([
    { step: 'connected', code: 0, present: 0 },
    { step: 'discovered', topics: count },
    { step: 'subscribed', refused: 0 },
    { step: 'received', states: count, right: count },
  ])
}
