// Functions of which a call does nothing else but answer, for terser (minify.mjs): where nobody takes the answer, the
// call goes.

/** Columns of features that a board leaves out. */
export const PURE_MAKERS = [
  'newRows',
  'newOffsets',
  'newLinks',
  'newFreeList',
  'newRestoredList',
  'newFreeRows',
  'newShortRows',
  'newShortLinks',
  'headsFor',
  'rowsAtStart',
]

export const PURE_READERS = [
  'connectionIsOpen',
]
