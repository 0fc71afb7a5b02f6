// `npm run clauses`: the matrix of normative statements and the cases that prove them, per version of the standard.
// Exits 1 when a statement that binds a server has neither a case nor a reason, or when a case names an unknown one.
// `--gaps` prints only what is wrong.
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rollup } from 'rollup'
import { commandLine } from './lib/command_line.mjs'
import { stripTypes } from './build/typescript.mjs'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** The project's own TypeScript files; everything else stays an import. */
const typescriptFiles = {
  name: 'clauses',
  resolveId (source, importer) {
    if (!importer) return source
    const file = source.startsWith('.') ? `${resolve(dirname(importer), source)}.ts` : ''
    return existsSync(file) ? file : { id: source, external: true }
  },
  load: async id => stripTypes(await readFile(id, 'utf8'), id),
}

/** The tables and cases of test/spec, as a module that Node runs. */
async function loadSpec () {
  const build = await rollup({ input: join(ROOT, 'test/spec/index.ts'), plugins: [typescriptFiles] })
  const { output } = await build.generate({ format: 'es' })
  await build.close()
  const file = join(ROOT, '.cache/clauses', `spec.${process.pid}.mjs`)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, output[0].code)
  try {
    return await import(pathToFileURL(file).href)
  } finally {
    await rm(file)
  }
}

/** Names of the cases by '<version>/<id>'. */
function casesByClause (areas) {
  const names = new Map()
  for (const [area, cases] of Object.entries(areas)) {
    for (const { name, clauses } of cases) {
      for (const clause of clauses) names.set(clause, [...names.get(clause) ?? [], `${area} › ${name}`])
    }
  }
  return names
}

function describeClause ({ binds, notApplicable }, cases) {
  if (cases.length > 0) return { state: 'proved', lines: cases }
  if (notApplicable) return { state: 'reason', lines: [`not applicable: ${notApplicable}`] }
  if (binds === 'client') return { state: 'client', lines: ['binds the client'] }
  return { state: 'GAP', lines: ['GAP: no case and no reason'] }
}

function printVersion (version, clauses, names, gapsOnly) {
  const counts = { proved: 0, reason: 0, client: 0, GAP: 0 }
  console.log(`\nMQTT ${version}`)
  for (const clause of clauses) {
    const { state, lines } = describeClause(clause, names.get(`${version}/${clause.id}`) ?? [])
    counts[state]++
    if (gapsOnly && state !== 'GAP') continue
    console.log(`  ${clause.id}  ${clause.text}`)
    for (const line of lines) console.log(`      ${line}`)
  }
  console.log(`  ${clauses.length} statements: ${counts.proved} proved by cases, ${counts.reason} with a reason, ` +
    `${counts.client} bind only clients, ${counts.GAP} gaps`)
  return counts.GAP
}

const { gaps } = commandLine('clauses')
  .description('The normative statements of MQTT that bind a server, and what proves each; exits 1 on a gap.')
  .option('--gaps', 'only what is wrong')
  .parse().opts()
const { areas, standards } = await loadSpec()
const names = casesByClause(areas)
let failures = 0
for (const [version, clauses] of Object.entries(standards)) {
  failures += printVersion(version, clauses, names, gaps)
}
const known = new Set(Object.entries(standards)
  .flatMap(([version, clauses]) => clauses.map(({ id }) => `${version}/${id}`)))
for (const [clause, cases] of names) {
  if (known.has(clause)) continue
  failures++
  console.log(`unknown: ${clause}, named by ${cases.join(', ')}`)
}
process.exitCode = failures > 0 ? 1 : 0
