// What goes onto a board and is not the owner's: the broker beside the page, and a release of Espruino, which is
// beside the page where its host has put one, and else a file that the owner chooses.

import { FlashError, archiveFiles, firmwareRead } from '../flash'
import type { ChipLayout, Firmware } from '../flash'

/** A file beside the page; undefined: there is none. */
async function fileBeside (path: string): Promise<Uint8Array | undefined> {
  const response = await fetch(path).catch(() => undefined)
  return response?.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
}

/** The broker's bundle for a chip. */
export async function broker (layout: ChipLayout): Promise<Uint8Array> {
  const found = await fileBeside(`brokers/${layout.board}.js`)
  if (found) return found
  throw new FlashError('usage', 'the broker could not be loaded from the page\'s server: load the page again')
}

/** A release's three files, as far as they stand beside the page. */
export async function firmwareBeside (layout: ChipLayout): Promise<Firmware | undefined> {
  const names = Object.values(layout.files)
  const found = await Promise.all(names.map(async name => fileBeside(`firmware/${layout.board}/${name}`)))
  const files = new Map(names.flatMap((name, index) => found[index] ? [[name, found[index]]] : []))
  return files.size === names.length ? firmwareRead(files, layout) : undefined
}

/** The release in an archive that the owner has chosen, if one was. */
export function firmwareChosen (layout: ChipLayout, archive: Uint8Array | undefined): Firmware {
  if (archive) return firmwareRead(archiveFiles(archive), layout)
  throw new FlashError('usage', `choose the release of Espruino for ${layout.chip}`)
}
