// Functions that every message runs: no name of a property is shared in them (passes/share.mjs), as an index takes
// longer than a dot.

export const DOTTED = [
  'onData',
  'laneTurn',
  'laneCopy',
  'canConfirm',
  'receive',
  'laneAcknowledge',
]
