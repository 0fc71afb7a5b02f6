// Once, before the tests of the page: it is built as it is shipped.
import { flasherFresh } from '../../scripts/lib/flasher.mjs'

export async function setup (): Promise<void> {
  await flasherFresh()
}
