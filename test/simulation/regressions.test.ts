// Scripts of seeds that failed once, made short.

import { describe, expect, test } from 'vitest'
import { memoryWorld } from '../support/memory_world'
import type { BoardName } from '../support/core_instance'
import type { Step } from './script'
import { runScript } from './shrink'

interface Regression { name: string, board: BoardName, isCrowded: boolean, steps: Step[] }

const regressions: Regression[] = [
  {
    name: 'two Will Messages are due at once, the one for a client that is lost at the same time',
    board: 'test',
    isCrowded: true,
    steps: [
      { kind: 'open', id: 5, version: 4 },
      { kind: 'bytes', id: 5, hex: '102400044d515454040c003c000770686f6e652d34000b616c6572742f70686f6e6500026d34' },
      { kind: 'open', id: 9, version: 4 },
      { kind: 'bytes', id: 9, hex: '102400044d515454040c003c000770686f6e652d38000b616c6572742f70686f6e6500026d37' },
      { kind: 'bytes', id: 9, hex: '820c00010007616c6572742f2302' },
      { kind: 'time', ms: 93_590 },
      { kind: 'open', id: 67, version: 4 },
      {
        kind: 'bytes', id: 67,
        hex: '102600044d515454040c003c000770686f6e652d38000b616c6572742f70686f6e6500046d313237',
      },
    ],
  },
]

describe('what seeds have found', () => {
  for (const { name, board, isCrowded, steps } of regressions) {
    test(name, async () => expect(await runScript(() => memoryWorld(board), steps, isCrowded)).toBeUndefined())
  }
})
