// `npm run clauses`: the matrix of normative statements and the cases that prove them, per version of the standard.
// Exits 1 when a statement that binds a server has neither a case nor a reason, or when a case names an unknown one.
// `--gaps` prints only what is wrong.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleBoard, ROOT } from './lib/bundle.mjs'

/** The tables and cases of test/spec, as a module that Node runs. */
async function loadSpec () {
  const { code } = await bundleBoard('host', { entry: 'test/spec/index.ts', format: 'module', minify: false })
  const file = join(ROOT, '.cache/clauses', `spec.${process.pid}.mjs`)
  await mkdir(join(ROOT, '.cache/clauses'), { recursive: true })
  await writeFile(file, code)
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

const { areas, standards } = await loadSpec()
const names = casesByClause(areas)
let failures = 0
for (const [version, clauses] of Object.entries(standards)) {
  failures += printVersion(version, clauses, names, process.argv.includes('--gaps'))
}
const known = new Set(Object.entries(standards)
  .flatMap(([version, clauses]) => clauses.map(({ id }) => `${version}/${id}`)))
for (const [clause, cases] of names) {
  if (known.has(clause)) continue
  failures++
  console.log(`unknown: ${clause}, named by ${cases.join(', ')}`)
}
process.exitCode = failures > 0 ? 1 : 0
