// A checkout of mosquitto: which tests it has, and a copy of them in which the gateway stands where its tests look for
// mosquitto's program.
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NEEDS } from './answers.mjs'

/** Limits that mosquitto has unless told, for tests that count on them: lines of a configuration file. */
const DEFAULTS = ['max_inflight_messages 20', 'max_topic_alias 10', 'max_packet_size 2000000']

/**
 * The program in mosquitto's place: the gateway, with mosquitto's limits where the test's configuration has none of its
 * own. That stays where it is and is included, as tests change it and have it read again. Its log goes where
 * mosquitto's goes: nobody reads the tests' other pipe.
 * @param {string} program
 */
const standIn = program => `#!/bin/sh
folder=$(mktemp -d "$BUILD_ROOT/conf.XXXXXX")
previous=
file=
for word in "$@"; do
  [ "$previous" = -c ] && file=$word
  previous=$word
done
touch "$folder/all.conf"
for line in ${DEFAULTS.map(line => `"${line}"`).join(' ')}; do
  [ -n "$file" ] && grep -q "^\${line%% *} " "$file" || echo "$line" >> "$folder/all.conf"
done
if [ -n "$file" ]; then
  mkdir "$folder/test"
  ln -s "$(realpath -m "$file")" "$folder/test/test.conf"
  echo "include_dir $folder/test" >> "$folder/all.conf"
fi
exec "${process.execPath}" "${program}" "$@" -c "$folder/all.conf" >&2
`

/**
 * The tests that a checkout's own list has, in its order: their names without `.py`, how many ports each wants, whether
 * it is told a store, and why one is not run.
 * @param {string} source
 * @returns {{ name: string, ports: number, needs?: string, hasStore: boolean }[]}
 */
export function testsOf (source) {
  const folder = join(source, 'test/broker')
  if (!existsSync(join(folder, 'test.py'))) return []
  const list = readFileSync(join(folder, 'test.py'), 'utf8')
  const lines = list.matchAll(/^ +\((\d), '\.\/([\w.-]+)\.py'(,)? *('persist_\w+')?/gm)
  return [...lines].map(([, ports, name, , store]) => {
    const text = readFileSync(join(folder, `${name}.py`), 'utf8')
    const need = NEEDS.find(({ of }) => of.test(name) || of.test(text))
    return { name, ports: Number(ports), needs: need?.needs, hasStore: store !== undefined }
  })
}

/**
 * Copies the tests into a folder of their own, with `program` where they look for mosquitto; what a test writes stays
 * there, until `remove`.
 * @param {string} source
 * @param {string} program  the gateway's command line, a file of JavaScript
 */
export async function layOut (source, program) {
  const folder = await mkdtemp(join(tmpdir(), 'midge-mosquitto-tests-'))
  await cp(join(source, 'test'), join(folder, 'test'), { recursive: true })
  await mkdir(join(folder, 'src'))
  const mosquitto = join(folder, 'src/mosquitto')
  await writeFile(mosquitto, standIn(program))
  await chmod(mosquitto, 0o755)
  await cp(new URL('persist_midge.py', import.meta.url), join(folder, 'test/broker/persist_midge.py'))
  await appendFile(join(folder, 'test/mosq_test.py'), await readFile(new URL('allowed.py', import.meta.url)))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
