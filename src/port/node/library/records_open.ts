// Opens the store that a broker is told to have.
import type { createBroker } from 'midge-mqtt'
import type { Persistence, StoreEvent } from './api'
import { entryFileOpen } from './entry_file'

/** Restores what was kept; `told` hears how the store is from then on. Rejects where it cannot be opened. */
export async function recordsOpen(
  instance: Pick<ReturnType<typeof createBroker>, 'recordsOpen'>, { location, sizeMax }: Persistence,
  told: (state: StoreEvent['state'], reason: string) => void,
): Promise<void> {
  await instance.recordsOpen(await entryFileOpen(location), { sizeMax, told })
}
