// require('Flash'). Of what is free in the boards' partition table only 64 KB really are, and a program may write into
// the files of its records and of programs that come over the air: one that touches anything else here would destroy
// its own firmware or files, so it is stopped.

import { FLASH_SIZE, PAGE_SIZE, STATE_SIZE, STATE_START, STORAGE_START } from '../flash/layout'
import { RECORD_HEADER_SIZE } from '../flash/storage_record'
import type { StorageRecord } from '../flash/storage_record'
import { RECORDS_FILE } from '../flash/records_file'
import { SLOTS_FILE } from '../flash/slot_layout'
import type { BoardObject } from './event_queue'
import type { FlashMemory } from './flash_memory'
import type { Runtime } from './runtime'
import type { StorageImage } from './storage_image'
import { bytesToWrite } from './storage_module'

const within = (address: number, size: number, start: number, length: number): boolean =>
  address >= start && address + size <= start + length

export function createFlashModule (runtime: Runtime, flash: FlashMemory, storage: StorageImage): BoardObject {
  const found = new Map<string, StorageRecord>()
  const find = (name: string): StorageRecord | undefined => {
    const before = found.get(name)
    if (before && storage.isThere(before)) return before
    const record = storage.find(name)
    if (record) found.set(name, record)
    return record
  }
  const checkFree = (address: number, size: number): void => {
    if (within(address, size, STATE_START, STATE_SIZE)) return
    for (const name of [RECORDS_FILE, SLOTS_FILE]) {
      const record = find(name)
      if (record && within(address, size, STORAGE_START + record.offset + RECORD_HEADER_SIZE, record.size)) return
    }
    throw new Error(`flash at 0x${address.toString(16)} is not free: only 0x310000 to 0x31FFFF is`)
  }
  return Object.assign(runtime.createObject(), {
    read: (size: number, address: number) => {
      if (address < 0 || address + size > FLASH_SIZE) throw new Error('outside of flash')
      return runtime.createBytes(flash.bytes.subarray(address, address + size))
    },
    write: (data: unknown, address: number) => {
      const bytes = bytesToWrite(data)
      if (!bytes) throw new Error('Data is not defined')
      if (address & 3 || bytes.length & 3) throw new Error('flash is written in words of four bytes')
      checkFree(address, bytes.length)
      flash.write(address, bytes)
    },
    erasePage: (address: number) => {
      checkFree(address - address % PAGE_SIZE, PAGE_SIZE)
      flash.erasePage(address)
    },
    getPage: (address: number) => ({ addr: address - address % PAGE_SIZE, length: PAGE_SIZE }),
    // The firmware's list, wrong as it is: its last entry lies inside Storage.
    getFree: () => [
      { addr: 0xe000, length: 0x2000 },
      { addr: STATE_START, length: STATE_SIZE },
      { addr: 0x36_0000, length: 0xa_0000 },
    ],
  })
}
