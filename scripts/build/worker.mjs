// A process of many.mjs: is sent what a bundle is made of, and answers null, or what went wrong.
import { bundleBoard } from './bundle.mjs'

// Nobody waits for it any more.
process.once('disconnect', () => process.exit())
process.on('message', async (/** @type {import('./many.mjs').Request} */ [boardName, options]) => {
  try {
    await bundleBoard(boardName, options)
    process.send?.(null)
  } catch (error) {
    process.send?.(error instanceof Error ? String(error.stack) : String(error))
  }
})
