import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** Tests of what stands around the core. */
const AROUND = ['test/*.test.ts', 'test/{build,simulator,flash}/**/*.test.ts']

/** Tests with real clients. */
const CLIENTS = ['test/{interop,gateway,cluster}/**/*.test.ts']

/** Tests of the boards' bundles, in the simulated board and in the real interpreter. */
const BOARDS = ['test/board/**/*.test.ts']

/** Deliberate bugs: minutes, which only `npm run mutations` takes. */
const MUTATIONS = process.env.MIDGE_MUTATIONS ? ['test/simulation/mutations.check.ts'] : []

/** Tests of the page. */
const WEB = ['test/web/**/*.test.ts']

/** What tests run is built before the first of them; the limits end what hangs, and no test on a slow machine. */
const LIMIT_MS = 600_000
const common = { testTimeout: LIMIT_MS, hookTimeout: LIMIT_MS, globalSetup: ['test/support/builds.ts'] }

// Modules of the core that a test imports one by one see the gateway's board.
const resolve = {
  alias: {
    board: path('./boards/host.ts'),
    runtime: path('./test/support/memory_port/index.ts'),
    room: path('./src/port/room.ts'),
    messages: path('./src/messages/columns'),
    subscriptions: path('./src/subscriptions/indexed'),
  },
}

export default defineConfig({
  test: {
    // Many tests wait, for a chip's loader or a client: three keep two cores busy.
    maxWorkers: 3,
    projects: [
      { resolve, test: { ...common, name: 'around', include: AROUND } },
      ...MUTATIONS.map((file) => ({ resolve, test: { ...common, name: 'mutations', include: [file] } })),
      { resolve, test: { ...common, name: 'web', include: WEB } },
      { resolve, test: { ...common, name: 'boards', include: BOARDS } },
      { resolve, test: { ...common, name: 'clients', include: CLIENTS } },
      {
        resolve,
        test: {
          ...common,
          name: 'broker',
          include: ['test/**/*.test.ts'],
          exclude: [...AROUND, ...WEB, ...CLIENTS, ...BOARDS],
        },
      },
    ],
  },
})
