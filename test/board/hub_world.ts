// A board with the owner's own code.
import { boardWorld, type BoardWorld } from '../support/board_world'
import { HUB_EXTENSION } from '../support/extensions'
import type { Configuration } from '../support/world'

/** An ESP32 with hub.js and other files in its Storage, each a character a byte. */
export const withHub = (
  hub: string, files: Record<string, string> = {}, configuration: Configuration = {},
): Promise<BoardWorld> => boardWorld('esp32', configuration, undefined, { 'hub.js': hub, ...HUB_EXTENSION, ...files })
