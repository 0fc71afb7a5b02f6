// The extensions of an ESP32, as Storage has them.
import { distFresh, extensionsBeside } from '../../scripts/lib/dist.mjs'
import { extensionFiles, extensionsAsked } from '../../src/flash'

/** The files for a board with these settings of midge.json, and hub.js, by their names, a character a byte. */
export async function distExtensions(
  settings: Record<string, unknown>, hasHub = false,
): Promise<Record<string, string>> {
  const files = extensionFiles(extensionsAsked(settings, hasHub), await extensionsBeside(await distFresh('esp32')))
  return Object.fromEntries(files.map(({ name, data }) => [name, Buffer.from(data).toString('latin1')]))
}

/** What a board needs beside a hub.js, and for a bridge. */
export const HUB_EXTENSION = await distExtensions({}, true)
export const BRIDGE_EXTENSION = await distExtensions({ bridge: [] })
