// Functions that many boards never run: extensions, where there are none. What only they need is moved into them
// (passes/nest.mjs).

export const HOSTS = [
  'hostOf',
]

/**
 * The same of extensions, by their folders. What a host leaves behind holds on to all that stands in it: so it is one
 * that leaves nothing, as it runs once while the board starts, or one whose whole is let go of together.
 * @type {Record<string, string[]>}
 */
export const EXTENSION_HOSTS = {
  bridge: ['bridgeRead'],
  hub: ['ownRun'],
  page: ['visitorsBegin'],
  rescue: ['pointOpen'],
  time: ['fault'],
}
