// `npm run gate <bundle...>`: refuses what Espruino refuses.
import { readFileSync } from 'node:fs'
import { checkBundle, formatFindings } from './build/gate/gate.mjs'

for (const file of process.argv.slice(2)) {
  const findings = checkBundle(readFileSync(file, 'utf8'))
  if (findings.length === 0) continue
  console.log(`${file}\n${formatFindings(findings)}`)
  process.exitCode = 1
}
