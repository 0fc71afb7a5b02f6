// What goes onto a board and is not the owner's: the broker beside the page, and a release of Espruino, which is
// beside the page where its host has put one, and else a file that the owner chooses.

import { FlashError, archiveFiles, filesBeside, firmwareRead, isReleaseFile } from '../flash'
import type { ChipLayout, Firmware, Program, ReleaseFiles } from '../flash'

/** Files of a release. */
const PARTS = 3

/** A file beside the page; undefined: there is none, for which some hosts answer with a page of theirs. */
async function fileBeside (path: string): Promise<Uint8Array | undefined> {
  const response = await fetch(path).catch(() => undefined)
  const isPage = response?.headers.get('content-type')?.startsWith('text/html')
  return response?.ok && !isPage ? new Uint8Array(await response.arrayBuffer()) : undefined
}

/** A file of the program for a chip. */
async function programFile (name: string): Promise<Uint8Array> {
  const found = await fileBeside(`brokers/${name}.js`)
  if (found) return found
  throw new FlashError('usage', 'the broker could not be loaded from the page\'s server: load the page again')
}

/** The broker's bundle for a chip, and all of its extensions. */
export async function program ({ board }: ChipLayout): Promise<Program> {
  const extensions = await Promise.all(filesBeside().map(async (name): Promise<[string, Uint8Array]> =>
    [name, await programFile(`${board}/${name}`)]))
  return { broker: await programFile(board), extensions: new Map(extensions) }
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

/** The files of a release that its owner has chosen: those of an archive, or the three themselves. */
function chosenRelease (chosen: ReadonlyMap<string, Uint8Array>): ReleaseFiles {
  const [[name, data]] = chosen
  if (chosen.size === 1 && !name.endsWith('.bin')) return archiveFiles(data, isReleaseFile)
  const count = [...chosen.keys()].filter(isReleaseFile).length
  if (count === PARTS) return chosen
  throw new FlashError('usage', `choose an archive, or the ${PARTS} .bin files of a release together: ${count} of them `
    + 'were chosen')
}

/** A release for a chip: the files that the owner has chosen, or else those beside the page. */
export async function firmwareFor (layout: ChipLayout, chosen: ReadonlyMap<string, Uint8Array>): Promise<Firmware> {
  const found = chosen.size > 0 ? firmwareRead(chosenRelease(chosen), layout) : await firmwareBeside(layout)
  if (found) return found
  throw new FlashError('usage', `choose the release of Espruino for ${layout.chip}`)
}
