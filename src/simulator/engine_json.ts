// JSON as the engine reads it: by the lexer of its programs. It takes the first value and asks nothing of what stands
// behind, and it takes commas before an end, single quotes, comments, and numbers as a program may write them.

const SPACE = /(?:[\t-\r ]|\/\/[^\n]*|\/\*[^]*?\*\/)*/y
const STRING = /(["'`])((?:\\[^]|(?!\1)[^\\\n])*)\1/y
const NUMBER = /0x[\da-f]+|0b[01]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy
const NAME = /[A-Za-z_$][\w$]*/y
const MARK = /[-[\]{}:,]/y
const ESCAPES: Record<string, string> = { n: '\n', b: '\b', f: '\f', r: '\r', t: '\t', v: '\v' }

/** The bytes that stand between quotes: of a character of Unicode the low eight bits. */
function stringOf (quoted: string): string {
  const plain = quoted.replace(/\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([^]))/g, (_, long, short, single: string) =>
    single === undefined ? String.fromCharCode(parseInt((long ?? short) as string, 16) & 0xff)
      : ESCAPES[single] ?? single)
  return JSON.stringify(plain)
}

function numberOf (digits: string): string {
  return JSON.stringify(/^0[0-7]+$/.test(digits) ? parseInt(digits, 8) : Number(digits))
}

class Reader {
  private at = 0

  /** `isRelaxed`: keys need no quotes, as in files of Storage. */
  constructor (private readonly text: string, private readonly isRelaxed: boolean) {}

  /** The next value in strict JSON; undefined: the engine answers that, where it finds none behind a minus. */
  value (): string | undefined {
    const name = this.take(NAME)
    if (name !== null && /^(true|false|null)$/.test(name)) return name
    const mark = name === null ? this.take(MARK) : null
    if (mark === '[') return this.list()
    if (mark === '{') return this.fields()
    if (mark === '-') return this.negative()
    const plain = name === null && mark === null ? this.plain() : null
    if (plain === null) this.fail()
    return plain
  }

  private plain (): string | null {
    const quoted = this.take(STRING)
    if (quoted !== null) return stringOf(quoted.slice(1, -1))
    const digits = this.take(NUMBER)
    return digits === null ? null : numberOf(digits)
  }

  private negative (): string | undefined {
    const digits = this.take(NUMBER)
    return digits === null ? undefined : JSON.stringify(-Number(numberOf(digits)))
  }

  private list (): string {
    const values: string[] = []
    while (!this.isNext(']')) {
      values.push(this.value() ?? this.fail())
      if (!this.isNext(',') && !this.isNext(']', true)) this.fail()
    }
    return `[${values.join()}]`
  }

  private fields (): string {
    const fields: string[] = []
    while (!this.isNext('}')) {
      const key = this.key()
      if (!this.isNext(':')) this.fail()
      fields.push(`${key}:${this.value() ?? this.fail()}`)
      if (!this.isNext(',') && !this.isNext('}', true)) this.fail()
    }
    return `{${fields.join()}}`
  }

  private key (): string {
    const quoted = this.take(STRING)
    if (quoted !== null) return stringOf(quoted.slice(1, -1))
    const name = this.isRelaxed ? this.take(NAME) ?? this.take(NUMBER) : null
    return name === null ? this.fail() : JSON.stringify(name)
  }

  private take (pattern: RegExp): string | null {
    SPACE.lastIndex = this.at
    pattern.lastIndex = SPACE.exec(this.text) ? SPACE.lastIndex : this.at
    const found = pattern.exec(this.text)
    if (found) this.at = pattern.lastIndex
    return found && found[0]
  }

  private isNext (mark: string, isLeft = false): boolean {
    const before = this.at
    const isThere = this.take(MARK) === mark
    if (!isThere || isLeft) this.at = before
    return isThere
  }

  private fail (): never {
    throw new SyntaxError(`Expecting valid value at ${this.at}`)
  }
}

/** The first value of a text in strict JSON; throws a SyntaxError where the engine does. */
export function strictJson (text: string, isRelaxed = false): string | undefined {
  return new Reader(text, isRelaxed).value()
}
