// The shape of the project: who may import whom, how large a file and a function may be, and nothing of the
// machine it was written on.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')

const FILE_LINES_MAX = 260
const FUNCTION_LINES_MAX = 60

/** The core's common ground: read by everybody, knows nobody but the board. */
const GROUND = ['board', 'assert', 'kinds', 'limits', 'memory', 'version']

/** What the build binds to a port, and to one of several ways: see scripts/build/make.mjs. */
const ALIASES = ['runtime', 'messages/', 'subscriptions/']

/**
 * What an area may import, itself aside. `type:port` is src/port/port.ts and mapped_records.ts, whose types alone are
 * meant; `runtime`, `board` and what ends in a slash are the build's aliases. A file straight in src/ is an area of its
 * own, named as it is.
 */
const MAY_IMPORT: Record<string, string[]> = {
  assert: ['board'], version: [], build: [], kinds: [],
  limits: ['board', 'room'],
  board_check: ['board', 'limits'],
  log_text: ['broker/log_code', 'codec/reason_code'],
  memory: ['board', 'assert', 'limits', 'runtime', 'type:port'],
  codec: [...GROUND, 'runtime', 'type:port'],
  store: [...GROUND, ...ALIASES, 'type:port', 'codec/frame'],
  messages: [...GROUND, ...ALIASES, 'codec', 'store', 'subscriptions/indexed/retained_index',
    'subscriptions/rows', 'records', 'broker/clock'],
  subscriptions: [...GROUND, ...ALIASES, 'type:port', 'codec', 'store', 'broker', 'feature', 'records/record_kind',
    'messages/columns/retained_rows'],
  records: [...GROUND, ...ALIASES, 'type:port', 'codec', 'store', 'subscriptions', 'broker/clock'],
  broker: [...GROUND, ...ALIASES, 'type:port', 'codec', 'store', 'subscriptions', 'feature', 'records', 'seams'],
  // One file for each moment at which features join the broker: what they are told, and which there are.
  seams: ['limits', 'kinds', 'runtime', 'messages/', 'codec', 'store', 'subscriptions', 'feature', 'records'],
  feature: [...GROUND, ...ALIASES, 'type:port', 'codec', 'store', 'subscriptions', 'broker', 'records'],
  main: [...GROUND, ...ALIASES, 'type:port', 'codec', 'store', 'subscriptions', 'broker', 'feature', 'records', 'port'],
  client: ['codec/packet_type', 'codec/property_identifier', 'codec/reason_code'], // In Node: nothing else of the core.
  port: [...GROUND, 'build', 'type:port', 'broker', 'feature/lane', 'main', 'client', 'log_text', 'codec/reason_code',
    'ajv', 'codec/property_identifier', 'codec/packet_type', 'records/record_kind', 'records/message_head', 'flash',
    'node:', 'commander', 'ws', 'classic-level', 'avsc', 'jose', 'jsonc-parser', 'protobufjs', '@nats-io/',
    '@homebridge/', 'midge-mqtt/'],
  hub: ['version', 'broker/log_code', 'port/espruino/access_point', 'port/espruino/own_clients',
    'flash/page_file', 'flash/slot_layout', 'flash/wifi_room', 'flash/posix_zone', 'flash/when'],
  simulator: ['board', 'type:port', 'flash', 'node:', 'acorn', 'fflate', '@noble/hashes/legacy.js'],
  flash: ['boards/midge.schema.json', 'broker/log_code', 'log_text', 'records/record_kind', 'esptool-js', 'fflate',
    '@noble/hashes/'],
  web: ['flash', 'simulator/engine_api'], // No node here and in flash: browsers run it.
  dashboard: ['client', 'codec/packet_type', 'codec/reason_code', 'log_text', 'flash/board_log'],
}

/** What the aliases `runtime`, `messages` and `subscriptions` stand for. */
const EDITIONS = [
  ['src/port/node', 'columns', 'indexed'], ['src/port/espruino', 'columns', 'walked'],
  ['test/support/memory_port', 'columns', 'indexed'], ['test/support/memory_port', 'columns', 'walked'],
  ['test/support/memory_port', 'mapped', 'walked'],
]

interface Source { path: string, area: string, text: string, tree: ts.SourceFile }

function filesUnder (folder: string): string[] {
  return readdirSync(join(ROOT, folder)).flatMap(name => {
    const path = `${folder}/${name}`
    return statSync(join(ROOT, path)).isDirectory() ? filesUnder(path) : [path]
  })
}

const areaOf = (path: string): string => path.split('/')[1].replace(/\.ts$/, '')
function readSource (path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8')
  return { path, text, area: areaOf(path), tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
}

const sources = filesUnder('src').filter(path => path.endsWith('.ts')).map(readSource)

/** Module names that a file imports or re-exports. */
function importsOf (tree: ts.SourceFile): string[] {
  return tree.statements.flatMap(statement =>
    (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) && statement.moduleSpecifier
      ? [(statement.moduleSpecifier as ts.StringLiteral).text]
      : [])
}

/** Whether an import of a file obeys the table. */
function isAllowed (source: Source, specifier: string): boolean {
  const allowed = MAY_IMPORT[source.area] ?? []
  if (!specifier.startsWith('.')) {
    return allowed.some(name => /[:/]$/.test(name) ? `${specifier}/`.startsWith(name) : specifier === name)
  }
  const target = relative(ROOT, resolve(ROOT, dirname(source.path), specifier))
  if (target.startsWith('boards/')) return allowed.includes('board') || allowed.includes(target)
  if (/^src\/port\/(port|mapped_records)$/.test(target)) return source.area === 'port' || allowed.includes('type:port')
  if (source.area === 'port' && areaOf(target) === 'port') return target.split('/')[2] === source.path.split('/')[2]
  return areaOf(target) === source.area || allowed.includes(areaOf(target)) || allowed.includes(target.slice(4))
}

/** Whether an import or export is of types alone: nothing of it is there when the program runs. */
function isOfTypes (statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly
  const clause = statement.importClause
  const bindings = clause?.namedBindings
  return clause?.isTypeOnly === true || clause?.name === undefined && bindings !== undefined
    && ts.isNamedImports(bindings) && bindings.elements.every(({ isTypeOnly }) => isTypeOnly)
}

/** The files that a file imports values of, where the build's aliases stand for these files. */
function valuesFrom (
  source: Source, aliases: Record<string, string>, folders: Record<string, string>, known: Set<string>,
): string[] {
  return source.tree.statements.flatMap(statement => {
    if (!(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) || !statement.moduleSpecifier
      || isOfTypes(statement)) return []
    const name = (statement.moduleSpecifier as ts.StringLiteral).text
    const target = name.startsWith('.')
      ? relative(ROOT, resolve(ROOT, dirname(source.path), name))
      : aliases[name] ?? name.replace(/^\w+(?=\/)/, folder => folders[folder] ?? folder)
    return [`${target}.ts`, `${target}/index.ts`, target].filter(path => known.has(path))
  })
}

/** What makes a table: rows of numbers. */
const MAKES_TABLE = /\bnew (\w+Array\b|Array\b)|\bnew(Short)?(Rows|Links)\(|\bnew(Offsets|FreeList|FreeRows)\(/

/** The text of what a name of a file stands for, wherever that file has it from. */
function declarationOf (path: string, name: string): string {
  const { tree } = readSource(path)
  for (const statement of tree.statements) {
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier) {
      const names = statement.exportClause && ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map(element => element.name.text)
        : [name]
      const from = (statement.moduleSpecifier as ts.StringLiteral).text
      if (from.startsWith('.') && names.includes(name)) {
        return declarationOf(relative(ROOT, resolve(ROOT, dirname(path), `${from}.ts`)), name)
      }
    }
    const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations : []
    const found = declared.find(declaration => declaration.name.getText() === name)
    if (found) return found.getText()
  }
  return ''
}

/** Names that a file imports from a file of the core, each with where it is from. */
const coreNamesOf = ({ path, tree }: Source): [from: string, name: string][] => tree.statements.flatMap(statement => {
  if (!ts.isImportDeclaration(statement) || isOfTypes(statement)) return []
  const specifier = (statement.moduleSpecifier as ts.StringLiteral).text
  const from = relative(ROOT, resolve(ROOT, dirname(path), `${specifier}.ts`))
  const bindings = statement.importClause?.namedBindings
  if (!specifier.startsWith('.') || areaOf(from) === 'port' || !bindings || !ts.isNamedImports(bindings)) return []
  return bindings.elements.map(({ name, propertyName }): [string, string] => [from, (propertyName ?? name).text])
})

/** Tables that ports may see: the core's bytes, by contract, and what hub.js is offered as it is. */
const PORTS_TABLES = ['src/memory.ts memory', 'src/broker/counters.ts counters']

/** The files that lie on a circle of imports: those that come back to themselves. */
function circleOf (graph: Map<string, string[]>): string[] {
  const comesBack = (path: string): boolean => {
    const seen = new Set(graph.get(path))
    for (const next of seen) for (const further of graph.get(next) ?? []) seen.add(further)
    return seen.has(path)
  }
  return [...graph.keys()].filter(comesBack)
}

/** Whether a file of scripts/build may import another one: a pass none of what runs passes, a list nothing. */
function mayImport (path: string, target: string): boolean {
  if (path.startsWith('scripts/build/lists/')) return target.startsWith('scripts/build/lists/')
  const isReport = path === 'scripts/build/report.mjs'
  if (!target.startsWith('scripts/build/')) return isReport || target.startsWith('scripts/lib/')
  const isRunner = /\/(passes|pipeline|make|bundle|edition|report|sources)\.mjs$/.test(target)
  return !isRunner || !/^scripts\/build\/(passes|gate)\//.test(path)
}

/** Functions of a file with the lines that each takes. */
function functionsOf (tree: ts.SourceFile): { name: string, lines: number }[] {
  const found: { name: string, lines: number }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const from = tree.getLineAndCharacterOfPosition(node.getStart()).line
      const to = tree.getLineAndCharacterOfPosition(node.end).line
      found.push({ name: node.name?.getText() ?? `line ${from + 1}`, lines: to - from + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

describe('architecture', () => {
  it('has an area in the table for every folder and file of src', () => {
    expect([...new Set(sources.map(({ area }) => area))].filter(area => !MAY_IMPORT[area])).toEqual([])
  })

  it('imports run one way', () => {
    const wrong = sources.flatMap(source =>
      importsOf(source.tree).filter(name => !isAllowed(source, name)).map(name => `${source.path} imports ${name}`))
    expect(wrong).toEqual([])
  })

  it.each(EDITIONS)('has no circle of imports with %s, messages %s, subscriptions %s', (runtime, messages, table) => {
    const files = [...sources, ...filesUnder('boards').concat(filesUnder('test/support/memory_port'))
      .filter(path => path.endsWith('.ts')).map(readSource)]
    const known = new Set(files.map(({ path }) => path))
    const aliases = { runtime: `${runtime}/index.ts`, room: 'src/port/espruino/room.ts', board: 'boards/host.ts' }
    const folders = { messages: `src/messages/${messages}`, subscriptions: `src/subscriptions/${table}` }
    expect(known).toContain(aliases.runtime)
    expect(circleOf(new Map(files.map(file => [file.path, valuesFrom(file, aliases, folders, known)])))).toEqual([])
  })

  it('gives a port functions of the core, and none of its tables', () => {
    const seen = sources.filter(({ area }) => area === 'port').flatMap(source => coreNamesOf(source)
      .filter(([from, name]) => MAKES_TABLE.test(declarationOf(from, name))).map(found => found.join(' ')))
    expect([...new Set(seen)].sort()).toEqual([...PORTS_TABLES].sort())
  })

  it('imports run one way in scripts: a pass knows the text it is given, the build no command', () => {
    const files = filesUnder('scripts/build').filter(path => path.endsWith('.mjs')).map(readSource)
    const wrong = files.flatMap(file => importsOf(file.tree).filter(name => name.startsWith('.'))
      .map(name => relative(ROOT, resolve(ROOT, dirname(file.path), name)))
      .filter(target => !mayImport(file.path, target)).map(target => `${file.path} imports ${target}`))
    expect(wrong).toEqual([])
  })

  it('keeps files short', () => {
    const code = ['src', 'scripts', 'test', 'boards'].flatMap(filesUnder).filter(path => /\.(ts|mjs)$/.test(path))
    const long = code.map(path => ({ path, lines: readFileSync(join(ROOT, path), 'utf8').split('\n').length - 1 }))
    expect(long.filter(({ lines }) => lines > FILE_LINES_MAX)).toEqual([])
  })

  it('keeps functions short', () => {
    const long = sources.flatMap(({ path, tree }) =>
      functionsOf(tree).filter(({ lines }) => lines > FUNCTION_LINES_MAX).map(found => `${path}: ${found.name}`))
    expect(long).toEqual([])
  })

  // Where git does not know what is kept, as in an archive that was downloaded, whatever lies there is its owner's.
  const isClone = existsSync(join(ROOT, '.git'))
  it.skipIf(!isClone)('keeps nothing at its top level but what belongs there, and no leftovers (git clone)', () => {
    const known = ['.ci', '.dockerignore', '.gitignore', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md',
      'boards', 'docs', 'eslint.config.js', 'package-lock.json', 'package.json', 'scripts', 'src', 'test',
      'tsconfig.json', 'vitest.config.ts']
    const kinds = /\.(css|html|js|json|md|mjs|py|service|svg|ts)$|(^|\/)(LICENSE|Dockerfile|\.ci\/run|\.\w+ignore)$/
    const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n')
    expect(files.filter(path => !known.includes(path.split('/')[0]) || !kinds.test(path))).toEqual([])
  })

  it('names no place of the machine it was written on', () => {
    const place = /(^|[\s'"`(=])\/(work|root|tmp|home|Users|opt)\//m
    const files = ['src', 'scripts', 'test', 'boards'].flatMap(filesUnder).concat('package.json', 'eslint.config.js')
    expect(files.filter(path => place.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual([])
  })
})
