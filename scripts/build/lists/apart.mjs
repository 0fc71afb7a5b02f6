// Functions that a hot one seldom calls: they are not moved to their only call (passes/inline.mjs), since an
// interpreter without bytecode reads what it skips.

export const APART = [
  'receive',
  'decodeConnect',
  'connectJudge',
]
