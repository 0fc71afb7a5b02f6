// midge.json as its owner wrote it, held to what a board takes.
import { fileRead } from './files.mjs'

/**
 * A configuration's bytes and what they say. Throws FlashError for one that a board would not take.
 * @returns {Promise<{ data: Uint8Array, settings: Record<string, any> }>}
 */
export async function configurationRead (flash, file) {
  const data = await fileRead(flash, file)
  return { data, settings: flash.configurationRead(data, file) }
}
