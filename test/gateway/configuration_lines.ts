// Lines of mosquitto.conf, as the gateway reads them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfiguration } from '../../src/port/node/configuration/load'
import type { GatewayOptions } from '../../src/port/node/configuration/options'
import { folderMake } from './library'

/** Reads lines as a configuration; other files stand beside it, and @ stands for their folder. */
export function load(lines: string, files: Record<string, string> = {}): GatewayOptions {
  const folder = folderMake(files)
  const path = join(folder, 'm.conf')
  writeFileSync(path, lines.replaceAll('@', folder))
  return loadConfiguration(path)
}
