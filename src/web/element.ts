// The page's elements by their ids.

/** The element with an id of index.html; throws where the page and its program do not belong together. */
export function element<T extends HTMLElement = HTMLElement> (id: string): T {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html has no #${id}`)
  return found as T
}

export const input = (id: string): HTMLInputElement => element<HTMLInputElement>(id)

/** Shows an element or takes it away, for eyes and screen readers alike. */
export function show (id: string, isShown: boolean): void {
  element(id).hidden = !isShown
}

/** Shows a text in its element. */
export function say (id: string, text: string): void {
  element(id).textContent = text
}

/** The files that were chosen, by their names. */
export async function chosenFiles (id: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const file of input(id).files ?? []) files.set(file.name, new Uint8Array(await file.arrayBuffer()))
  return files
}

/** A link out of the page, in a tab of its own. */
export function linkTo (address: string, text: string): HTMLAnchorElement {
  const link = document.createElement('a')
  link.href = address
  link.textContent = text
  link.rel = 'noreferrer'
  link.target = '_blank'
  return link
}
