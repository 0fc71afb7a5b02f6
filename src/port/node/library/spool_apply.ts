// Where payloads go that are too large for memory, and how large packets may be with that.
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SETTING_PACKET_SIZE } from '../../../broker/settings'
import { PACKET_SIZE_GREATEST } from '../../../limits'
import { FileSpool, type SpoolBroker } from '../spool/spool'
import type { BrokerOptions } from './api'
import type { createBroker } from 'midge-mqtt'

/** Eight of the largest. */
const SIZE_MAX = 2_147_483_648
/** Where large files go that are not kept: what stands in memory on many systems is not meant. */
const TEMPORARY = '/var/tmp'

function temporaryFolder(): string {
  return process.env.TMPDIR === undefined && existsSync(TEMPORARY) ? TEMPORARY : tmpdir()
}

/** Where the large payloads are that a store at a place keeps. */
export const spoolFolder = (location: string): string => join(location, 'spool')

export type Spooling = Pick<ReturnType<typeof createBroker>, 'settingOf' | 'settingSet' | 'spoolSet'> & SpoolBroker

/** Gives a new broker its spool; a cluster's has none, as its engine carries what memory holds. */
export function spoolApply(instance: Spooling, { spool = {}, persistence, cluster }: BrokerOptions): void {
  const { sizeMax = SIZE_MAX, location } = spool
  const most = Math.min(sizeMax, PACKET_SIZE_GREATEST)
  if (cluster || most <= instance.settingOf(SETTING_PACKET_SIZE)) return
  instance.settingSet(SETTING_PACKET_SIZE, most)
  // What is kept belongs to its store, wherever that is.
  const folder = persistence ? spoolFolder(persistence.location) : location ?? temporaryFolder()
  instance.spoolSet(new FileSpool({ location: folder, sizeMax, isKept: persistence !== undefined }, instance))
}
