// What a paragraph of the docs can be proven by. A paragraph stands in a list with its beginning, which is enough where
// one proof is for all of it; further sentences of it with any words of theirs. Who changes a paragraph looks whether
// what proves it still does.

export interface Proof {
  kind: 'test' | 'measured' | 'not tried' | 'words'
  what: string
  /** It is for all rows of a table, at whose head it stands. */
  isTable?: true
}

export type Statements = Record<string, Proof[]>

/** Tests, each as `file: part of a title`, of a file below test. */
export const by = (...tests: string[]): Proof[] => tests.map(what => ({ kind: 'test', what }))

/** The same for all rows of a table. */
export const table = (...tests: string[]): Proof[] => by(...tests).map(proof => ({ ...proof, isTable: true }))

/** A figure that a command measures, which no test holds. */
export const measured = (command: string): Proof[] => [{ kind: 'measured', what: command }]

/** It says of itself that it was not tried, with these words. */
export const notTried = (words: string): Proof[] => [{ kind: 'not tried', what: words }]

/** It says for whom and what for, where something else stands, or what there is not; no test could prove it. */
export const WORDS: Proof[] = [{ kind: 'words', what: '' }]

/** It says what others do or sell: Espruino, browsers, makers of chips. */
export const OTHERS: Proof[] = WORDS
