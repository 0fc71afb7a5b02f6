// `npm run gate <bundle...>`: refuses what Espruino refuses.
import { readFileSync } from 'node:fs'
import { commandLine } from './lib/command_line.mjs'
import { checkBundle, formatFindings } from './build/gate/gate.mjs'

const command = commandLine('gate')
  .description('Refuses what Espruino refuses, or gets wrong.')
  .argument('<bundle...>', 'programs')
  .parse()
for (const file of command.args) {
  const findings = checkBundle(readFileSync(file, 'utf8'))
  if (findings.length === 0) continue
  console.log(`${file}\n${formatFindings(findings)}`)
  process.exitCode = 1
}
