// midge.json as its owner wrote it, held to what a board takes.
import { fileRead } from './files.mjs'

/**
 * As a board that is not asked about anything more gets it: a network is open only where its file says so.
 */
export async function configurationWhole (flash, file) {
  const { data, settings } = await configurationRead(flash, file)
  if (!settings.wifi_ssid || settings.wifi_password !== undefined) return data
  throw new flash.FlashError('usage',
    `${file}: "wifi_ssid" has no "wifi_password" beside it, which is "" for an open network`)
}

/**
 * A configuration's bytes, as a board gets them, and what they say.
 * Throws FlashError for one that a board would not take.
 * @returns {Promise<{ data: Uint8Array, settings: Record<string, any> }>}
 */
export async function configurationRead (flash, file) {
  const settings = flash.configurationRead(await fileRead(flash, file), file)
  return { data: new TextEncoder().encode(JSON.stringify(settings)), settings }
}
