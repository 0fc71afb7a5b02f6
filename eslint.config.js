// The rules of the house. The core's own list is what Espruino lacks, what TypeScript lowers with a helper that
// breaks there, and what its interpreter pays too much for.
import js from '@eslint/js'
import typescript from 'typescript-eslint'

const CORE = ['src/codec/**', 'src/store/**', 'src/broker/**', 'src/feature/**', 'src/*.ts']
const ESPRUINO = ['src/port/espruino/**', 'src/hub/**']

const NODE_GLOBALS = Object.fromEntries([
  'process', 'console', 'Buffer', 'URL', 'fetch', 'TextDecoder', 'TextEncoder', 'ReadableStream', 'WritableStream',
  'performance',
  'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval',
].map(name => [name, 'readonly']))

const forbid = (selector, message) => ({ selector, message })

const off = (...rules) => Object.fromEntries(rules.map(rule => [`@typescript-eslint/${rule}`, 'off']))

const CORE_SYNTAX = [
  forbid('ClassDeclaration, ClassExpression', 'State is module-level: functions named after the noun.'),
  forbid('SpreadElement, RestElement', 'Spread and rest need a helper that breaks in Espruino: pass the values.'),
  forbid('ArrayPattern, ObjectPattern', 'Espruino has no destructuring: name the values one by one.'),
  forbid('AssignmentPattern', 'Espruino has no default parameters: let the caller pass the value.'),
  forbid('FunctionDeclaration[generator=true], FunctionExpression[generator=true]', 'Espruino has no generators.'),
  forbid('FunctionDeclaration[async=true], ArrowFunctionExpression[async=true], AwaitExpression',
    'Espruino has no async functions: answer later through a call into the core.'),
  forbid('LabeledStatement', 'Espruino has no labels: put the inner loop into a function and return.'),
  forbid('SwitchStatement', 'A switch reads all its cases at each run: use a table of functions, or if.'),
  forbid('TryStatement, ThrowStatement', 'Errors from the network are numbers, those of programmers assertions.'),
  forbid('ForOfStatement', 'Lowered to an index loop that reads length each time: write the loop with an index.'),
  forbid('TSEnumDeclaration', 'An enum becomes a function called in place: export constants.'),
  forbid('TaggedTemplateExpression', 'Espruino has no tagged templates.'),
  forbid('MemberExpression[object.object.name="Array"][object.property.name="prototype"]',
    'Espruino cannot read Array.prototype.x: call the method on a value.'),
]

const ESPRUINO_SYNTAX = CORE_SYNTAX.filter(({ selector }) => !/TryStatement|ForOf/.test(selector))

export default typescript.config(
  { ignores: ['dist/', '.cache/', 'coverage/', 'node_modules/'] },
  // Programs for the engine, with its own globals.
  { ignores: ['boards/hub/'] },
  js.configs.recommended,
  typescript.configs.recommended,
  {
    languageOptions: { globals: NODE_GLOBALS },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      semi: ['error', 'never'],
      quotes: ['error', 'single', { avoidEscape: true, allowTemplateLiterals: true }],
      'max-len': ['error', { code: 120, ignoreUrls: true }],
      'no-trailing-spaces': 'error',
      'eol-last': 'error',
      'no-control-regex': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [typescript.configs.recommendedTypeCheckedOnly],
    languageOptions: { parserOptions: { projectService: true } },
    // `async` also says that an error becomes a rejection.
    rules: { '@typescript-eslint/require-await': 'off' },
  },
  // Packets and JSON are of any type where a test looks at them.
  { files: ['test/**/*.ts'], rules: off('no-unsafe-argument', 'no-unsafe-assignment', 'no-unsafe-call',
    'no-unsafe-member-access', 'no-unsafe-return', 'unbound-method', 'no-implied-eval',
    'restrict-template-expressions') },
  // The engine's modules have no types, its methods no `this` that they could lose, and hub.js is a text.
  { files: ESPRUINO, rules: off('no-unsafe-assignment', 'no-unsafe-call', 'no-unsafe-member-access',
    'unbound-method', 'no-implied-eval') },
  // It turns whatever a program gives it into text, as the engine does.
  { files: ['src/simulator/**'], rules: off('no-base-to-string', 'restrict-template-expressions') },
  { files: ['src/**'], ignores: ['src/port/**'], rules: { 'no-console': 'error' } },
  { files: CORE, ignores: ['src/assert.ts'], rules: { 'no-restricted-syntax': ['error', ...CORE_SYNTAX] } },
  { files: ESPRUINO, rules: { 'no-restricted-syntax': ['error', ...ESPRUINO_SYNTAX] } },
)
