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

/** The bytes of the file that was chosen, if one was. */
export async function chosenFile (id: string): Promise<Uint8Array | undefined> {
  const file = input(id).files?.[0]
  return file && new Uint8Array(await file.arrayBuffer())
}
