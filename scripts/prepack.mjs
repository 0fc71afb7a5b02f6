// `npm run prepack`, which npm runs before it packs: builds what the package has, in a fresh clone too, where nothing
// is installed yet. Standard output is npm's own, which says there what the package is called.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './lib/root.mjs'

/**
 * Runs a command in the repository; ends the program with it where it fails.
 * @param {string} command
 * @param {string[]} parameters
 */
function run (command, parameters) {
  const { status } = spawnSync(command, parameters, {
    cwd: ROOT, stdio: ['ignore', process.stderr, process.stderr],
    shell: command === 'npm' && process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}

// No package's own programs: the build needs none.
if (!existsSync(join(ROOT, 'node_modules/rollup'))) run('npm', ['ci', '--include=dev', '--ignore-scripts'])
// The command line is read by a package.
const { commandLine } = await import('./lib/command_line.mjs')
commandLine('prepack').description('What npm runs before it packs: builds what the package has.').parse()
run(process.execPath, [join(ROOT, 'scripts/build.mjs'), 'host'])
