// Modules that the chosen hub.js requires. The page asks no other server for anything, so its owner saves them from
// Espruino's site and chooses them here.

import { FlashError, HUB_FILE, MODULES_ADDRESS, moduleFiles, moduleOf, modulesMissing } from '../flash'
import type { StorageFile } from '../flash'
import { chosenFiles, element, linkTo, show } from './element'

/** What was chosen: hub.js, as a file of Storage, and modules. */
async function chosen (): Promise<{ hub: StorageFile[], modules: StorageFile[] }> {
  const hub = [...(await chosenFiles('hub')).values()].map(data => ({ name: HUB_FILE, data }))
  const modules = [...await chosenFiles('modules')].map(([name, data]) => ({ name: moduleOf(name), data }))
  return { hub, modules }
}

/** Shows which modules are missing, and where they are; `there` are the files that the board has. */
export async function modulesFollow (there: string[]): Promise<void> {
  const { hub, modules } = await chosen()
  const needed = modulesMissing(hub, there)
  const missing = modulesMissing([...hub, ...modules], there)
  show('modules-choice', needed.length > 0)
  show('modules-help', missing.length > 0)
  element('modules-links').replaceChildren(...missing.flatMap((name, index) => {
    const [file] = moduleFiles(name)
    return [index > 0 ? ', ' : '', linkTo(`${MODULES_ADDRESS}/${encodeURIComponent(file)}`, file)]
  }))
}

/** The modules that hub.js and the board need. Throws FlashError where one is missing. */
export async function modulesChosen (there: string[]): Promise<StorageFile[]> {
  const { hub, modules } = await chosen()
  const missing = modulesMissing([...hub, ...modules], there)
  if (missing.length > 0) {
    const which = `${missing.length === 1 ? 'module' : 'modules'} ${missing.join(', ')}`
    throw new FlashError('usage', `your hub.js needs the ${which}: save what the links under "More" show, and choose `
      + 'all of it together')
  }
  return hub.length > 0 ? modules : []
}
