// Functions that many boards never run: the owner's own code and a bridge, where there is none. What only they need is
// moved into them (passes/nest.mjs).

export const HOSTS = [
  'hubRun',
  'bridgeRun',
]

/** The same of extensions, by their folders. @type {Record<string, string[]>} */
export const EXTENSION_HOSTS = {
  page: ['visitorsBegin'],
  rescue: ['pointOpen'],
}
