// Functions that many boards never run: extensions, where there are none. What only they need is moved into them
// (passes/nest.mjs).

export const HOSTS = [
  'extensionsRun',
]

/** The same of extensions, by their folders. @type {Record<string, string[]>} */
export const EXTENSION_HOSTS = {
  page: ['visitorsBegin'],
  rescue: ['pointOpen'],
}
