// Functions that a hot one seldom calls, or whose loops are long: they are not moved to their only call
// (passes/inline.mjs), since an interpreter without bytecode reads what it skips, and goes through all that a function
// has declared.

export const APART = [
  'receive',
  'recordsRoom',
  'decodeConnect',
  'connectJudge',
  'messageTake of records/restore',
]
