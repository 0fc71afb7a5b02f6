// A text of JSON that knows its lines, by jsonc-parser.
import type { Node as TreeNode, ParseError } from 'jsonc-parser'
import type { SchemaText } from './payload_check'
import { SchemaError, lineAt, packageOf } from './schema_error'

/** A value, and the line of each value in it by a JSON Pointer. */
interface JsonText { value: unknown, lineOfPath: (path: string) => number }

/** Reads it; throws a sentence where it is no JSON. */
export async function jsonRead({ from, text }: Pick<SchemaText, 'from' | 'text'>): Promise<JsonText> {
  const jsonc = await packageOf(import('jsonc-parser'), 'jsonc-parser')
  const { findNodeAtLocation, parseTree, printParseErrorCode } = 'default' in jsonc
    ? jsonc.default as typeof jsonc
    : jsonc
  const errors: ParseError[] = []
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
  if (errors.length || !tree) {
    const what = errors.length ? printParseErrorCode(errors[0].error) : 'it is empty'
    throw new SchemaError(from, lineAt(text, errors[0]?.offset ?? 0), `this is no JSON (${what}); correct it.`)
  }
  const lineOfPath = (path: string): number => {
    const names = path.split('/').slice(1).map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    let node: TreeNode | undefined = tree
    for (const name of names) {
      node = node && findNodeAtLocation(node, [node.type === 'array' ? Number(name) : name])
    }
    return lineAt(text, node?.offset ?? 0)
  }
  return { value: JSON.parse(text), lineOfPath }
}
