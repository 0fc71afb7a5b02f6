// What the alias `room` stands for where a runtime has no room.ts of its own: memory is no question.

/** Variables that are free for the broker when its program starts: where the board has TABLES_FIT. */
export function variablesFree(): number {
  return Infinity
}
