// The partition table of a release: where the firmware that comes with it looks for what.
//
// Entries of 32 bytes: AA 50, type, subtype, u32 offset, u32 size, a name of 16 bytes, u32 flags. Source: ESP-IDF,
// gen_esp32part.py.

import { FIRMWARE_START, NVS_START, STORAGE_SIZE, STORAGE_START } from './layout'

const ENTRY_SIZE = 32
const APPLICATION = 0
const DATA = 1
const DATA_OTA = 0
const DATA_NVS = 2

interface Partition { type: number, subtype: number, start: number, size: number }

export interface PartitionTable {
  /** Bytes that the firmware may have. */
  firmwareSizeMax: number
  nvsSize: number
  /** Which firmware starts; null: the table has no such partition. */
  otadata: { start: number, size: number } | null
  /** Whether Storage is where it is since 2v26. */
  hasStorage: boolean
}

function partitions (table: Uint8Array): Partition[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength)
  const found: Partition[] = []
  for (let at = 0; at + ENTRY_SIZE <= table.length && table[at] === 0xaa && table[at + 1] === 0x50; at += ENTRY_SIZE) {
    const [start, size] = [view.getUint32(at + 4, true), view.getUint32(at + 8, true)]
    found.push({ type: table[at + 2], subtype: table[at + 3], start, size })
  }
  return found
}

/** What a table says; null: it is none, or none that starts a firmware where releases have theirs. */
export function partitionTableRead (table: Uint8Array): PartitionTable | null {
  const all = partitions(table)
  const application = all.find(({ type, start }) => type === APPLICATION && start === FIRMWARE_START)
  const nvs = all.find(({ type, subtype }) => type === DATA && subtype === DATA_NVS)
  if (!application || nvs?.start !== NVS_START) return null
  const otadata = all.find(({ type, subtype }) => type === DATA && subtype === DATA_OTA)
  return {
    firmwareSizeMax: application.size,
    nvsSize: nvs.size,
    otadata: otadata ? { start: otadata.start, size: otadata.size } : null,
    hasStorage: all.some(({ start, size }) => start === STORAGE_START && size === STORAGE_SIZE),
  }
}
