// The gateway with one thing done otherwise, to measure what that thing brings: an optimisation taken out, or one that
// was tried and is not in. A variant is a change of the bundle's text, which must be found there, so that a variant
// whose code has moved is an error and not a figure.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleBoard } from '../build/bundle.mjs'
import { ROOT } from '../lib/root.mjs'
import { bundleCompanions } from '../build/edition.mjs'

/** By name: the board's constants, and pairs of a text and what stands in its place. */
export const VARIANTS = {
  // Taken out.
  'no-words': {
    changes: [
      [/for \(const last = end - 16; start <= last; start \+= 16, at \+= 16\) \{[^}]*\}\n/, ''],
      [/for \(const last = end - 4; start <= last; start \+= 4, at \+= 4\)\s+to\.setInt32\(.*?\);\n/, ''],
    ],
  },
  'no-route-cache': { changes: [[/(row = next\[row\];\s+return) row;(\s+\}\s+function routesForget)/, '$1 -1;$2']] },
  'no-gathering': {
    changes: [[/if \(link\.isDirty\)\s+return;\s+link\.isDirty = true;\s+dirty\.push\(link\);/, 'link.flush();']],
  },
  'no-answer-at-once': { changes: [[/if \(!isCrowd \|\| !isGathered\) \{/, 'if (false) {']] },
  'no-shared-copies': { changes: [[/if \(packedFlags\[lane\] !== flags\)/, 'if (true)']] },
  'no-kept-buffers': { changes: [[/if \(i >= 0 && free(?:\$\d+)?\[i\]\.length < KEPT_MAX\[i\]\)/, 'if (false)']] },
  'no-runs': { overrides: { FEATURE_RUNS: false }, changes: [] },
  'last-turn': { changes: [[/isCrowd = chunkSum > .*?;/, 'isCrowd = heardCount > 1;']] },
  'no-silence': { changes: [[/if \(!dirty\.length && !storeHolds\(\)\)\s+return;/, '']] },
  'inflight-256': { overrides: { INFLIGHT_MAX: 256 }, changes: [] },
  'no-nodelay': { changes: [[/if \(options\.noDelay !== false\)/, 'if (false)']] },
  // Tried.
  'last-route': {
    changes: [
      [/function routeLookup\(start, size\) \{/, 'let lastRow = -1;\n$&'],
      [
        /missedHash = portHash\(start, size\);/,
        'const isLast = lastRow >= 0 && topicSize[lastRow] === size && portEqual(topicStart[lastRow], start, size);\n'
          + 'if (isLast) return lastRow;\n$&',
      ],
      [/(row = next\[row\];\s+return) row;(\s+\}\s+function routesForget\(\) \{)/, '$1 lastRow = row;$2 lastRow = -1;'],
    ],
  },
  'push-taken': {
    changes: [
      [
        /stream\.on\('data', (meter \?[^;]*;[^;]*?take)\);/,
        `const takes = $1;
        stream.on('data', takes);
        const { push } = stream;
        stream.push = function (chunk, encoding) {
          const isPlain = chunk !== null && encoding === undefined && !stream.isPaused() && !stream.readableLength;
          if (!isPlain) return push.call(stream, chunk, encoding);
          takes(chunk);
          return !stream.isPaused();
        };`,
      ],
    ],
  },
  'write-below': {
    changes: [[/stream\.write\((buffer\.bytes\.subarray\(0, size\)), /, 'stream._write($1, \'buffer\', ']],
  },
  'kept-views': {
    changes: [
      [
        /stream\.write\((buffer\.bytes\.subarray\(0, size\)), /,
        'stream.write(buffer.viewSize === size ? buffer.view : (buffer.viewSize = size, buffer.view = $1), ',
      ],
    ],
  },
  'native-copy': { changes: [[/if \(end - start > 128\)/, 'if (true)']] },
  'no-assertions': { overrides: { ASSERTIONS: false }, changes: [] },
  'no-counters': { overrides: { FEATURE_SYS_TRAFFIC: false }, changes: [] },
}

/** The text with one change, which fits in exactly one place. */
function change (name, code, [pattern, replacement]) {
  const count = [...code.matchAll(new RegExp(pattern, 'g'))].length
  if (count !== 1) throw new Error(`variant ${name}: ${pattern} is found ${count} times in the bundle, not once.`)
  return code.replace(pattern, replacement)
}

/** The gateway's bundle with readable names, as changes need it. */
export async function readableBundle (overrides = {}) {
  const { code } = await bundleBoard('host', {
    entry: 'src/port/node/bundle.ts', format: 'factory', factoryName: 'createBroker', minify: false, overrides,
  })
  return code
}

/** A readable bundle with the changes of a variant. */
export function variantOf (name, code) {
  return VARIANTS[name].changes.reduce((text, each) => change(name, text, each), code)
}

/** Builds a variant; answers its command line. */
export async function variantBuild (name) {
  if (!VARIANTS[name]) throw new Error(`There is no variant ${name}; variants are ${Object.keys(VARIANTS).join(', ')}.`)
  const folder = join(ROOT, '.cache/variants', name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'midge.js'), variantOf(name, await readableBundle(VARIANTS[name].overrides)))
  for (const { file, code } of await bundleCompanions('host')) await writeFile(join(folder, file), code)
  return join(folder, 'cli.js')
}
