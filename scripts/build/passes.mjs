// The steps from rollup's chunk to a bundle, in order, and why they stand where they stand.
import { refuseUnfit } from './gate/gate.mjs'
import { cleanUp, compress, compressLast, mangle } from './minify.mjs'
import { writeArrowExpressions, writeArrowFunctions } from './passes/arrows.mjs'
import { joinCold, moveCold } from './passes/cold.mjs'
import { joinColumns } from './passes/columns.mjs'
import { inlineConstants } from './passes/constants.mjs'
import { dropStart } from './passes/drop.mjs'
import { dropExports, wrapFactory } from './passes/factory.mjs'
import { takeGiven } from './passes/given.mjs'
import { declareFirst } from './passes/hot.mjs'
import { inlineCalls } from './passes/inline.mjs'
import { inlineExpressions } from './passes/inline_expressions.mjs'
import { shortenNames } from './passes/names.mjs'
import { nestRare } from './passes/nest.mjs'
import { writeShorter } from './passes/peephole.mjs'
import { closeReturns } from './passes/returns.mjs'
import { shareOften } from './passes/share.mjs'
import { writeTokens } from './passes/tokens.mjs'
import { lowerSyntax, showLoops } from './typescript.mjs'

/** @typedef {import('./types').Settings} Settings */
/** @typedef {import('./types').Pass} Pass */

const always = () => true
const isScript = (/** @type {Settings} */ { format }) => format === 'script' || format === 'extension'
const isExtension = (/** @type {Settings} */ { format }) => format === 'extension'
const isFactory = (/** @type {Settings} */ { format }) => format === 'factory'
/** For an interpreter without bytecode: it reads each character again, and keeps functions and names in memory. */
const isInterpreted = (/** @type {Settings} */ { minify, ecmaVersion }) => minify && ecmaVersion === 5

/** A program of such an interpreter's own top level, or what runs beside it. */
const isEngines = (/** @type {Settings} */ settings) => isInterpreted(settings) && isScript(settings)

/** @type {Pass[]} */
export const PASSES = [
  {
    name: 'drop exports',
    why: 'first: from here on it is a script, of which nothing is kept for others',
    when: isScript,
    run: dropExports,
  },
  {
    name: 'given',
    why: 'before what reads which names the top level has, and gives them shorter ones',
    when: isExtension,
    run: takeGiven,
  },
  {
    name: 'constants',
    why: 'while the board\'s constants are still `const`: what they decide can be told from here on',
    when: always,
    run: inlineConstants,
  },
  {
    name: 'lower syntax',
    why: 'the passes behind it read `var` and functions of the top level only, as the engine does',
    when: always,
    run: lowerSyntax,
  },
  {
    name: 'show loops',
    why: 'gives back at once what was hidden from the lowering: the engine has for-of',
    when: ({ ecmaVersion }) => ecmaVersion === 5,
    run: showLoops,
  },
  {
    name: 'clean up',
    why: 'takes out what the constants have switched off, so that a function\'s only call can be told',
    when: isInterpreted,
    run: cleanUp,
  },
  {
    name: 'columns',
    why: 'while a table is still made in one call at the top level, and before calls move its uses about',
    when: isInterpreted,
    run: joinColumns,
    isOptional: true,
  },
  {
    name: 'inline calls',
    why: 'before terser, which would wrap a body that is moved in a function expression',
    when: isInterpreted,
    run: inlineCalls,
    isOptional: true,
  },
  {
    name: 'nest',
    why: 'behind the moves: what has only one user can be told now',
    when: isInterpreted,
    run: nestRare,
    isOptional: true,
  },
  {
    name: 'compress',
    why: 'makes expressions of the statements that were moved: more functions are one expression now',
    when: isInterpreted,
    run: compress,
    isOptional: true,
  },
  {
    name: 'inline expressions',
    why: 'counts sizes of what terser has compressed',
    when: isInterpreted,
    run: inlineExpressions,
    isOptional: true,
  },
  {
    name: 'compress again',
    why: 'takes the parentheses and the constants out of the expressions that were moved',
    when: isInterpreted,
    run: compress,
    isOptional: true,
  },
  {
    name: 'write shorter',
    why: 'behind terser, which would undo some of it',
    when: isInterpreted,
    run: writeShorter,
    isOptional: true,
  },
  {
    name: 'share',
    why: 'behind what changes how often a thing is said; an extension\'s text has room, and its names take memory',
    when: settings => isInterpreted(settings) && !isExtension(settings),
    run: shareOften,
    isOptional: true,
  },
  {
    name: 'move cold',
    why: 'behind all that moves functions, whose names its list has',
    when: isEngines,
    run: moveCold,
    isOptional: true,
  },
  {
    name: 'arrow expressions',
    why: 'behind what reads function expressions',
    when: isInterpreted,
    run: writeArrowExpressions,
    isOptional: true,
  },
  {
    name: 'arrow functions',
    why: 'behind what reads declarations of functions; before their order is made',
    when: isInterpreted,
    run: writeArrowFunctions,
    isOptional: true,
  },
  {
    name: 'order',
    why: 'behind all that declares something, and while names are the sources\'',
    when: isInterpreted,
    run: declareFirst,
    isOptional: true,
  },
  {
    name: 'names',
    why: 'the last that needs to know the sources\' names, and each use counts by now',
    when: isInterpreted,
    run: shortenNames,
    isOptional: true,
  },
  {
    name: 'factory',
    why: 'behind what reads a top level, which becomes a function\'s here',
    when: isFactory,
    run: wrapFactory,
  },
  {
    name: 'mangle',
    why: 'names of locals, once those of the top level are known',
    when: isInterpreted,
    run: mangle,
    isOptional: true,
  },
  {
    name: 'returns',
    why: 'behind terser, which leaves the semicolons out',
    when: isInterpreted,
    run: closeReturns,
  },
  {
    name: 'drop start',
    why: 'its line is the program\'s last, and has the names that the engine has',
    when: isEngines,
    run: dropStart,
    isOptional: true,
  },
  {
    name: 'compress last',
    why: 'for engines that compile: nothing comes behind it',
    when: settings => settings.minify && !isEngines(settings),
    run: compressLast,
  },
  {
    name: 'gate',
    why: 'judges the finished text, which it does not change',
    when: isEngines,
    run: refuseUnfit,
  },
  {
    name: 'join cold',
    why: 'behind what knows functions by their braces, and whose locals are whose',
    when: isEngines,
    run: joinCold,
  },
  {
    name: 'tokens',
    why: 'last: its words are no text any more',
    when: ({ tokens }) => tokens,
    run: writeTokens,
    isOptional: true,
  },
]
