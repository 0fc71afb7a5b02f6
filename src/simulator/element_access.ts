// Where the engine refuses and V8 is lenient: an element by -1, NaN, a half or a name that is none, of a typed array or
// a string, is an error to read or write. And what has been given to a typed array's element is, as a value, what the
// element holds then: 255 for -1. V8 has no hook for either, so the text that it is given looks at a key first:
//
//     a[i]     becomes  a[i>>>0===i?i:x(a,i)]
//     b=a[i]=c becomes  b=w(a,i,c)
//
// in names that no program has. What lies in the board's flash stays as it is.

import { parse, type Node as AnyNode } from 'acorn'

interface Node extends AnyNode {
  [key: string]: unknown
  name: string
  operator: string
  object: Node
  property: Node
  left: Node
  right: Node
  argument: Node
}

const INDEX = '\xffi'
const CHECK = '\xffx'
const READ = '\xffr'
const WRITE = '\xffw'
const CHANGE = '\xffu'
const OLD = '\xffo'

/** What the texts need in front of them, at the same top level. */
export const ACCESS_PRELUDE = `let ${INDEX};
const {${CHECK},${READ},${WRITE},${CHANGE}}=((isView,Refusal,All)=>{
const describe=All.prototype.toString;
const check=(object,key)=>{
  if(object==null||typeof object==="function"||typeof object==="object"&&!isView(object))return key;
  if(typeof key==="number"?key>=0&&key<2147483648&&key%1===0:typeof key==="string"&&key in All(object))return key;
  throw new Refusal('Field or method "'+key+'" does not already exist, and can\\'t create it on '+
    describe.call(object).slice(8,-1))};
return {
${CHECK}:check,
${READ}:(object,key)=>object[check(object,key)],
${WRITE}:(object,key,value)=>{object[check(object,key)]=value;return isView(object)?object[key]:value},
${CHANGE}:(object,key,next,isPostfix)=>{
  const before=object[check(object,key)],value=object[key]=next(before);
  return isPostfix?+before:isView(object)?object[key]:value}
}})(ArrayBuffer.isView,Error,Object);
`

/** A text that looks at its keys, and where in the text that it was made of something stands. */
export interface AccessText { text: string, placeOf(offset: number): number }

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string'

function childrenOf (node: Node): Node[] {
  const values = Object.values(node).flatMap(value => Array.isArray(value) ? value as unknown[] : [value])
  return values.filter(isNode).sort((a, b) => a.start - b.start)
}

const isElement = ({ type, computed }: Node): boolean => type === 'MemberExpression' && computed as boolean

/** A key that is written down, which can be seen to be one. */
const isFixed = ({ type, value }: Node): boolean => type === 'Literal' && /^(string|number)$/.test(typeof value)

/** Whether the value of a part is taken, of a node whose own is or is not. */
function takesValue (node: Node, child: Node, isUsed: boolean): boolean {
  if (node.type === 'ExpressionStatement') return false
  if (node.type === 'SequenceExpression') return isUsed && child === (node.expressions as Node[]).at(-1)
  if (node.type === 'ConditionalExpression') return child === node.test || isUsed
  if (node.type === 'LogicalExpression') return child === node.left || isUsed
  if (node.type === 'ForStatement') return child === node.test
  return node.type !== 'UnaryExpression' || node.operator !== 'void'
}

/** Functions whose text the program reads (scripts/build/passes/cold.mjs). */
function textsRead (node: Node, names = new Set<string>()): Set<string> {
  if (isElement(node) && node.property.value === '\xffcod') names.add(node.object.name)
  for (const child of childrenOf(node)) textsRead(child, names)
  return names
}

class Writer {
  text = ''
  /** For each piece where it begins, where in the code, and how much of it is the code's. */
  readonly pieces: { start: number, at: number, size: number }[] = []
  private readonly kept: Set<string>

  constructor (private readonly code: string, tree: Node) {
    this.kept = textsRead(tree)
    this.node(tree, false)
  }

  private copy (at: number, end: number): void {
    this.pieces.push({ start: this.text.length, at, size: end - at })
    this.text += this.code.slice(at, end)
  }

  /** Text of ours, for what stands at a place, and nodes; a call begins with a space, as a word may stand before it. */
  private put (at: number, ...parts: (string | Node)[]): void {
    for (const part of parts) {
      if (typeof part !== 'string') this.node(part, true)
      else {
        this.pieces.push({ start: this.text.length, at, size: 0 })
        this.text += part
      }
    }
  }

  /** `isUsed`: somebody takes its value. */
  private node (node: Node, isUsed: boolean): void {
    const { type, left, argument } = node
    if (isElement(node)) this.read(node)
    else if (type === 'AssignmentExpression' && isElement(left)) this.assign(node, isUsed)
    else if (type === 'UpdateExpression' && isElement(argument)) this.update(node, isUsed)
    else if (type === 'FunctionDeclaration' && this.isKept(node)) this.copy(node.start, node.end)
    else this.around(node, child => this.part(node, child, isUsed))
  }

  private isKept ({ id }: Node): boolean {
    return this.kept.has((id as Node | null)?.name ?? '')
  }

  private part (node: Node, child: Node, isUsed: boolean): void {
    // A call of what is not there is an error anyway, and to delete it none.
    const isPlain = child === node.callee || node.type === 'UnaryExpression' && node.operator === 'delete'
    if (isPlain && isElement(child)) this.around(child, part => this.node(part, true))
    else this.node(child, takesValue(node, child, isUsed))
  }

  /** The node's own text around its parts. */
  private around (node: Node, write: (child: Node) => void): void {
    let at = node.start
    for (const child of childrenOf(node)) {
      if (child.start < at) continue // A field that is named as its value.
      this.copy(at, child.start)
      write(child)
      at = child.end
    }
    this.copy(at, node.end)
  }

  private read (node: Node): void {
    if (isFixed(node.property)) this.around(node, child => this.node(child, true))
    else if (!this.place(node)) this.put(node.start, ` ${READ}((`, node.object, '),(', node.property, '))')
  }

  /** The element with its key looked at in its place; false where its object has no name to be said twice. */
  private place ({ start, object, property }: Node): boolean {
    const { type, name } = object
    if (type !== 'Identifier') return false
    this.put(start, `${name}[`)
    const again = property.type === 'Identifier' ? property.name : INDEX
    if (isFixed(property) || again === property.name) this.put(start, property)
    else this.put(start, `(${INDEX}=(`, property, '))')
    if (!isFixed(property)) this.put(start, `>>>0===${again}?${again}:${CHECK}(${name},${again})`)
    this.put(start, ']')
    return true
  }

  private assign ({ start, left, right, operator }: Node, isUsed: boolean): void {
    const { object, property } = left
    if (!isUsed && this.place(left)) this.put(start, operator, right)
    else if (operator === '=') this.put(start, ` ${WRITE}((`, object, '),(', property, '),(', right, '))')
    else {
      const next = `),${OLD}=>${OLD}${operator.slice(0, -1)}(`
      this.put(start, ` ${CHANGE}((`, object, '),(', property, next, right, '))')
    }
  }

  private update ({ start, argument, operator, prefix }: Node, isUsed: boolean): void {
    const { object, property } = argument
    if (isUsed && prefix || object.type !== 'Identifier') {
      const next = `),${OLD}=>+${OLD}${operator[0]}1,${String(!prefix)})`
      this.put(start, ` ${CHANGE}((`, object, '),(', property, next)
      return
    }
    if (prefix) this.put(start, operator)
    this.place(argument)
    if (!prefix) this.put(start, operator)
  }
}

/** Where in the code something of the text stands. */
function placeIn (pieces: Writer['pieces'], offset: number): number {
  const { start, at, size } = pieces.filter(piece => piece.start <= offset).at(-1)!
  return at + Math.min(offset - start, size)
}

/** Boards that start again and again run the same few. */
const known = new Map<string, AccessText>()

/** Of a whole program; one that cannot be read is left to whoever runs it. */
export function accessText (code: string, sourceType: 'script' | 'module' = 'script'): AccessText {
  const before = known.get(code)
  if (before) return before
  const made = accessTextNew(code, sourceType)
  known.set(code, made)
  return made
}

function accessTextNew (code: string, sourceType: 'script' | 'module'): AccessText {
  try {
    const tree = parse(code, { ecmaVersion: 'latest', sourceType, allowReturnOutsideFunction: true }) as AnyNode as Node
    const { text, pieces } = new Writer(code, tree)
    return { text, placeOf: offset => placeIn(pieces, offset) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { text: code, placeOf: offset => offset }
  }
}
