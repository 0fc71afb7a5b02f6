// What goes onto a board and is not the owner's: the broker beside the page, and a release of Espruino, which is
// beside the page where its host has put one, and else a file that the owner chooses.

import { FlashError, archiveFiles, firmwareRead, isReleaseFile } from '../flash'
import type { ChipLayout, Firmware } from '../flash'

/** A file beside the page; undefined: there is none, for which some hosts answer with a page of theirs. */
async function fileBeside (path: string): Promise<Uint8Array | undefined> {
  const response = await fetch(path).catch(() => undefined)
  const isPage = response?.headers.get('content-type')?.startsWith('text/html')
  return response?.ok && !isPage ? new Uint8Array(await response.arrayBuffer()) : undefined
}

/** The broker's bundle for a chip. */
export async function broker (layout: ChipLayout): Promise<Uint8Array> {
  const found = await fileBeside(`brokers/${layout.board}.js`)
  if (found) return found
  throw new FlashError('usage', 'the broker could not be loaded from the page\'s server: load the page again')
}

/** A release's three files, as far as they stand beside the page. */
export async function firmwareBeside (layout: ChipLayout): Promise<Firmware | undefined> {
  for (const names of layout.files) {
    const all = Object.values(names) as string[]
    const found = await Promise.all(all.map(async name => fileBeside(`firmware/${layout.board}/${name}`)))
    const files = new Map(all.flatMap((name, index) => found[index] ? [[name, found[index]]] : []))
    if (files.size === all.length) return firmwareRead(files, layout)
  }
  return undefined
}

/** A release for a chip: out of an archive that the owner has chosen, or else from beside the page. */
export async function firmwareFor (layout: ChipLayout, archive: Uint8Array | undefined): Promise<Firmware> {
  const found = archive ? firmwareRead(archiveFiles(archive, isReleaseFile), layout) : await firmwareBeside(layout)
  if (found) return found
  throw new FlashError('usage', `choose the release of Espruino for ${layout.chip}`)
}
