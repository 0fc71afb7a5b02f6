// What the engine's regular expressions lack. It matches them by functions of its own, which know characters, classes,
// ^ and $, alternatives, groups, and * and + behind a character or a class; the rest it takes for ordinary characters.

/** Escapes that it does not know: of boundaries, of what a group has found, and of Unicode. */
const ESCAPE = /^\\[bB1-9kpPu]/

/** ? behind something or at the start of a group, counts, and what repeats a group. */
const LACKING = /\?|\{\d|\)[*+{]|\\/

/**
 * Whether the engine would get a regular expression wrong.
 * @param {{ pattern: string, flags: string }} regex
 */
export function isPatternUnfit ({ pattern, flags }) {
  const plain = pattern.replace(/\\[^]/g, escape => ESCAPE.test(escape) ? '\\' : 'x').replace(/\[[^\]]*\]/g, 'c')
  return LACKING.test(plain) || /[^gi]/.test(flags)
}
