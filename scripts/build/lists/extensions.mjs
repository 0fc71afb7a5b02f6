// What the build is told of extensions, the folders of src/hub.

/** What an extension is given by the board's program, by the names of src/hub/extension.d.ts. */
export const GIVEN = ['configuration', 'accept', 'report', 'wifiWait', 'say', 'looks', 'room', 'broker']

/**
 * Functions of extensions that hold what only they need, by their folders: what a host leaves behind holds on to all
 * that stands in it, so it is one whose whole is let go of together. What only the start needs is let go of anyway
 * (passes/drop.mjs).
 * @type {Record<string, string[]>}
 */
export const EXTENSION_HOSTS = {
  hub: ['ownRun'],
  page: ['visitorsBegin'],
  rescue: ['pointOpen'],
}
