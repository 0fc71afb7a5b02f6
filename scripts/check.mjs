// What `npm test` asks before it runs a test, side by side: the compiler and the linter, each of which has a core to
// itself. Prints what each says when it has ended; exits 1 when one found something.
import { spawn } from 'node:child_process'

/** @param {string} name  a script of package.json */
const run = name => new Promise(resolve => {
  const child = spawn('npm', ['run', '--silent', name], { shell: process.platform === 'win32' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => { output += chunk })
  child.once('close', code => {
    process.stdout.write(`${name}: ${code === 0 ? 'good' : `ended with ${code}`}\n${output}`)
    resolve(code)
  })
})

const codes = await Promise.all(['typecheck', 'lint'].map(run))
process.exit(codes.every(code => code === 0) ? 0 : 1)
