// The gate's rules that a single piece of syntax shows. What a person writes is held to a rule's `byHand` where it has
// one.
import { walk } from '../ast.mjs'
import { isPatternUnfit } from './patterns.mjs'

/** @typedef {import('../types').Node} Node */
/** @typedef {{ parent: any, key: string, code: string }} Place */
/** @typedef {{ mend: string, matches: (node: Node, place: Place) => boolean }} Check */
/** @typedef {Check & { name: string, byHand?: Check }} Rule */

const isFunctionType = (/** @type {string} */ type) => type === 'FunctionExpression' || type === 'FunctionDeclaration'

const BUILT_IN = ['Array', 'Object', 'String', 'Function', 'Number', 'Uint8Array', 'Date', 'RegExp', 'Promise']

const isMember = (/** @type {Node} */ node, /** @type {string} */ name) =>
  node.type === 'MemberExpression' && !node.computed && node.property.name === name

const ofType = (/** @type {string[]} */ ...types) => (/** @type {Node} */ node) => types.includes(node.type)

const isBareReturn = (/** @type {Node} */ node, /** @type {Place} */ { code }) =>
  node.type === 'ReturnStatement' && !node.argument && code[node.end - 1] !== ';'

/**
 * Whether a function is made inside a node.
 * @param {Node} top
 */
function makesFunction (top) {
  let isMade = false
  walk(top, node => { isMade ||= isFunctionType(node.type) || node.type === 'ArrowFunctionExpression' })
  return isMade
}

/** Statements that end in a brace of their own. */
const BRACED = /^(Block|If|For|While|Try|Switch|Function|Class)\w*(Statement|Declaration)$/

/**
 * Whether the engine takes what a statement starts with for the end of the one before it.
 * @param {Node} node
 * @param {Place} place
 */
function isTakenByLast (node, { parent, code }) {
  if (node.type !== 'ExpressionStatement' || !/^(\+\+|--)/.test(code.slice(node.start, node.start + 2))) return false
  const before = Array.isArray(parent.body) ? parent.body[parent.body.indexOf(node) - 1] : undefined
  if (!before) return false
  const last = code[before.end - 1]
  return last !== ';' && !(last === '}' && BRACED.test(before.type))
}

/** @type {Rule[]} */
export const SYNTAX_RULES = [
  {
    name: 'default parameter',
    mend: 'the engine has no default parameters: let the caller pass the value',
    matches: (node, { key }) => node.type === 'AssignmentPattern' && key === 'params',
  },
  {
    name: 'rest or spread',
    mend: 'the engine has neither rest nor spread: pass the values, or one array',
    matches: ofType('RestElement', 'SpreadElement'),
  },
  {
    name: 'destructuring',
    mend: 'the engine has no destructuring: read the fields one by one',
    matches: ofType('ObjectPattern', 'ArrayPattern'),
  },
  {
    name: 'return without a semicolon',
    mend: 'the engine looks for a value there, in the next line too: write return; (returns.mjs does it)',
    matches: isBareReturn,
    // Where a brace ends its block the engine finds none. A minified bundle has other places, and no way to tell.
    byHand: {
      mend: 'the engine takes what comes next, in the next line too, for its value: write return;',
      matches: (node, place) => isBareReturn(node, place)
        && !(place.parent.type === 'BlockStatement' && place.parent.body.at(-1) === node),
    },
  },
  {
    name: '++ or -- behind a line without a semicolon',
    mend: 'the engine takes it for the end of the line before: write x++, or a semicolon in front',
    matches: isTakenByLast,
  },
  {
    name: 'do without braces',
    mend: 'the engine wants a semicolon before while: put the body into braces',
    matches: (node, { code }) => node.type === 'DoWhileStatement' && node.body.type !== 'BlockStatement'
      && code[node.body.end - 1] !== ';',
  },
  {
    name: 'generator',
    mend: 'the engine has no generators: keep the state in variables',
    matches: node => isFunctionType(node.type) && node.generator,
  },
  {
    name: 'async function',
    mend: 'the engine has no async functions: pass a callback',
    matches: node => node.async === true || node.type === 'AwaitExpression',
  },
  {
    name: 'optional chaining',
    mend: 'the engine has no ?. : test the value first (a lower ECMA_VERSION does it)',
    matches: ofType('ChainExpression'),
  },
  {
    name: 'logical assignment',
    mend: 'the engine has no ??=, ||= and &&=: write the assignment out',
    matches: node => node.type === 'AssignmentExpression' && ['??=', '||=', '&&='].includes(node.operator),
  },
  {
    name: 'exponent operator',
    mend: 'the engine has no ** : use Math.pow',
    matches: node => node.operator === '**' || node.operator === '**=',
  },
  {
    name: 'computed key',
    mend: 'the engine has no computed keys: assign the property after the literal',
    matches: node => (node.type === 'Property' || node.type === 'MethodDefinition') && node.computed,
  },
  {
    name: 'class field',
    mend: 'the engine has no private names, and fields only lately: assign in the constructor',
    matches: ofType('PropertyDefinition', 'PrivateIdentifier', 'StaticBlock'),
  },
  {
    name: 'tagged template',
    mend: 'the engine has no tagged templates: call the function',
    matches: ofType('TaggedTemplateExpression'),
  },
  {
    name: 'label',
    mend: 'the engine has no labels: put the inner loop into a function and return',
    matches: ofType('LabeledStatement'),
  },
  {
    name: 'BigInt',
    mend: 'the engine reads 1n as the number 1: use numbers',
    matches: node => node.type === 'Literal' && typeof node.bigint === 'string',
  },
  {
    name: 'meta property',
    mend: 'the engine has neither new.target nor import',
    matches: ofType('MetaProperty', 'ImportExpression'),
  },
  {
    name: 'regular expression',
    mend: 'the engine knows no ?, no counts, no repeated groups, no \\b, and no flags but g and i',
    matches: node => node.type === 'Literal' && node.regex !== undefined && isPatternUnfit(node.regex),
  },
  {
    name: 'comma in an index',
    mend: 'the engine refuses a comma inside [ ]: compute the index in a statement before',
    matches: node => node.type === 'MemberExpression' && node.computed && node.property.type === 'SequenceExpression',
  },
  {
    name: 'case after default',
    mend: 'the engine skips a case that follows default: put default last',
    matches: node => node.type === 'SwitchStatement' &&
      node.cases.some((/** @type {Node} */ branch, /** @type {number} */ index) =>
        branch.test === null && index < node.cases.length - 1),
  },
  {
    name: 'name of',
    mend: 'the engine takes `of` for a keyword: choose another name',
    matches: (node, { key, parent }) => node.type === 'Identifier' && node.name === 'of' &&
      !(['property', 'key'].includes(key) && !parent.computed),
  },
  {
    name: 'escape in a name',
    mend: 'the engine has no escapes in names: spell the name out',
    matches: (node, { code }) => node.type === 'Identifier' && code.slice(node.start, node.end).includes('\\'),
  },
  {
    name: 'character above 255',
    mend: 'strings are bytes on the boards: spell the bytes of the UTF-8 form with \\x',
    matches: (node, { code }) => {
      if (node.type === 'TemplateElement') return /[^\x00-\xff]/.test(node.value.cooked ?? '')
      return node.type === 'Literal' && typeof node.value === 'string' &&
        (/[^\x00-\xff]/.test(node.value) || /[^\x00-\x7f]/.test(code.slice(node.start, node.end)))
    },
    // The file's own bytes are UTF-8.
    byHand: {
      mend: 'the engine keeps one byte of it: write the character itself',
      matches: (node, { code }) => (node.type === 'TemplateElement'
        || node.type === 'Literal' && typeof node.value === 'string')
        && [...code.slice(node.start, node.end).matchAll(/\\(?:\\|u\{?([\da-fA-F]+))/g)]
          .some(([, digits]) => parseInt(digits, 16) > 0x7f),
    },
  },
  {
    name: 'function first in a for',
    mend: 'the engine refuses for (function ...: move the call before the loop (no enum, no namespace)',
    matches: (node, { code }) => node.type === 'ForStatement' && node.init !== null &&
      code.startsWith('function', node.init.start),
  },
  {
    name: 'built-in prototype',
    mend: 'the engine cannot read Array.prototype.x: call the method on a value (no helper of TypeScript)',
    matches: node => node.type === 'MemberExpression' && isMember(node.object, 'prototype') &&
      BUILT_IN.includes(node.object.object.name),
  },
  {
    name: 'assignment to length',
    mend: 'the engine throws: use splice, or a new array',
    matches: node => (node.type === 'AssignmentExpression' && isMember(node.left, 'length')) ||
      (node.type === 'UpdateExpression' && isMember(node.argument, 'length')),
  },
  {
    name: 'class from Error',
    mend: 'the engine loses the message: use codes, or an Error with fields',
    matches: node => /^Class/.test(node.type) && /Error$/.test(node.superClass?.name ?? ''),
  },
  {
    name: 'let or const',
    mend: 'closures of a loop share one let in the engine, and it costs twice a var: lower to ECMA_VERSION 5',
    matches: node => node.type === 'VariableDeclaration' && node.kind !== 'var',
    byHand: {
      mend: 'functions that a loop makes share one of it in the engine: make them in a function that the loop calls',
      matches: (node, { parent }) => node.type === 'VariableDeclaration' && node.kind !== 'var'
        && /^For/.test(parent.type) && makesFunction(parent.body),
    },
  },
]
