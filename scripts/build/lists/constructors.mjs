// The engine's constructors of tables of which nothing but rows is used once a board has started: a method or a length
// would bring them back (passes/drop.mjs).

export const CONSTRUCTORS = [
  'Int16Array',
  'Uint32Array',
  'Float64Array',
]
