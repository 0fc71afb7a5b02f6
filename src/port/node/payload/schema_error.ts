// A schema that cannot be used.
import { readFileSync } from 'node:fs'

/** The message is one sentence that says where, what is wrong, and what to do. */
export class SchemaError extends Error {
  readonly place: { file: string, line: number }

  constructor(file: string, line: number, readonly what: string) {
    super(`${file}:${line}: ${what}`)
    this.place = { file, line }
  }
}

/** The line of a place in a text, the first is 1. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** The line that names something first; 1 where none does. */
export const lineOf = (text: string, name: string): number => lineAt(text, Math.max(0, text.indexOf(name)))

/** Reads a file; throws a sentence where it cannot be read. */
export function schemaRead(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    throw new Error(`${file} ${why}; give a schema's file.`)
  }
}

/** Waits for an optional package; rejects with a sentence where it is not installed. */
export async function packageOf<Module>(loading: Promise<Module>, name: string): Promise<Module> {
  return loading.catch(() => {
    throw new Error(`A rule for payloads needs the package ${name}: npm install ${name}.`)
  })
}
