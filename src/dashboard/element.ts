// Elements of the page. Whatever came from a client becomes a text node: nothing is ever read as markup.

/** The element with an id of index.html; throws where the page and its program do not belong together. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (!found) throw new Error(`index.html has no #${id}`)
  return found as T
}

export const input = (id: string): HTMLInputElement => element<HTMLInputElement>(id)

type Attributes = Record<string, string | number | boolean>

/** A new element; an attribute that is false is left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...children)
  return made
}

/** Shows a text, where it is not there already: what stands still costs nothing. */
export function say(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text
}

/** Has a parent hold these children in this order, and moves none that stands right: the focus stays where it is. */
export function childrenSet(parent: Element, wanted: Element[]): void {
  const kept = new Set(wanted)
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove()
  wanted.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null)
  })
}

/** Calls `draw` soon, once for however many calls came until then, and never while the page is not looked at. */
export function drawLater(draw: () => void, delayMs = 250): () => void {
  let isDue = false
  return () => {
    if (isDue) return
    isDue = true
    setTimeout(() => requestAnimationFrame(() => {
      isDue = false
      draw()
    }), delayMs)
  }
}
