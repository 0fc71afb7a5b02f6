// The last pass of a board's bundle: its words and operators as the engine's own one-byte tokens, which its lexer takes
// from program text as they are ("pretokenised code" in Espruino's documentation; its IDE uploads the same). The
// engine's list never changes its order, because such text is stored on boards. It saves an eighth of the bundle, and
// the interpreter, which reads a function's text anew at each call, has less to read.
import { tokenizer } from 'acorn'
import { COLD_MARK } from './cold.mjs'

/** In the engine's order, from FIRST_TOKEN on. */
const TOKENS = [
  '==', '===', '!=', '!==', '<=', '<<', '<<=', '>=', '>>', '>>>', '>>=', '>>>=', '+=', '-=', '++', '--', '*=', '/=',
  '%=', '&=', '&&', '|=', '||', '^=', '=>', 'if', 'else', 'do', 'while', 'for', 'break', 'continue', 'function',
  'return', 'var', 'let', 'const', 'this', 'throw', 'try', 'catch', 'finally', 'true', 'false', 'null', 'undefined',
  'new', 'in', 'instanceof', 'switch', 'case', 'default', 'delete', 'typeof', 'void', 'debugger', 'class', 'extends',
  'super', 'static', 'of',
]
const FIRST_TOKEN = 138
const BYTE_OF = new Map(TOKENS.map((text, index) => [text, String.fromCharCode(FIRST_TOKEN + index)]))

/**
 * A word after a dot or before the colon of an object's key is a name.
 * @param {string} code
 * @param {string} before
 * @param {{ end: number }} token
 */
function isName (code, before, token) {
  return before === '.' || (/[{,]/.test(before) && code[token.end] === ':')
}

/**
 * Minified ASCII code with its words and operators as bytes above 127; a character of the answer is a byte.
 * @param {string} code
 */
export function tokenise (code) {
  let text = ''
  let before = ''
  let end = 0
  for (const token of tokenizer(code, { ecmaVersion: 2020 })) {
    const source = code.slice(token.start, token.end)
    const byte = isName(code, before, token) ? undefined : BYTE_OF.get(source)
    const isApart = byte !== undefined || text.charCodeAt(text.length - 1) >= FIRST_TOKEN
    const gap = code.slice(end, token.start)
    text += (isApart && !gap.includes(COLD_MARK) ? '' : gap) + (byte ?? source)
    before = source
    end = token.end
  }
  return text + code.slice(end)
}

/**
 * The bundle as tokens; its text is left in the context.
 * @param {import('../chunk.mjs').Chunk} chunk
 * @param {import('../types').Context} context
 */
export function writeTokens ({ code }, context) {
  context.text = code
  return tokenise(code)
}
