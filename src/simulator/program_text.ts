// What the engine's lexer makes of program text: bytes from 138 on are its own tokens, one for a word or an operator.
// Text that came from a build or from Espruino's IDE may have them ("pretokenised").

/** The lexer's list, in its order. */
const TOKENS = `== === != !== <= << <<= >= >> >>> >>= >>>= += -= ++ -- *= /= %= &= && |= || ^= =>
if else do while for break continue function return var let const this throw try catch finally true false null undefined
new in instanceof switch case default delete typeof void debugger class extends super static of`.split(/\s/)
const FIRST_TOKEN = 138

/** The program that the engine reads, as text that another engine takes. */
export function programText (text: string): string {
  return text.replace(/[\x8a-\xff]/g, (byte) => {
    const token = TOKENS[byte.charCodeAt(0) - FIRST_TOKEN]
    return token === undefined ? byte : ` ${token} `
  })
}
