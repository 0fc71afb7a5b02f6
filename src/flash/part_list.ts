// Everything that goes onto a new board, and the same as one file for any other flasher.

import type { Firmware } from './firmware'
import {
  FIRMWARE_START, FLASH_SIZE, NVS_START, PARTITION_TABLE_START, STATE_SIZE, STATE_START, STORAGE_START,
} from './layout'
import type { ChipLayout, Part, PartName } from './layout'
import { nvsImage } from './nvs_image'

const erased = (size: number): Uint8Array => new Uint8Array(size).fill(0xff)

/** All parts for a chip. What an earlier firmware left where these look is written over. */
export function partList (layout: ChipLayout, firmware: Firmware, storage: Uint8Array): Part[] {
  const part = (name: PartName, address: number, data: Uint8Array): Part => ({ name, address, data })
  const { otadata, nvsSize } = firmware.partitions
  return [
    part('bootloader', layout.bootloaderStart, firmware.bootloader),
    part('partition table', PARTITION_TABLE_START, firmware.partitionTable),
    part('nvs', NVS_START, nvsImage(nvsSize)),
    ...otadata ? [part('otadata', otadata.start, erased(otadata.size))] : [],
    part('firmware', FIRMWARE_START, firmware.firmware),
    part('state', STATE_START, erased(STATE_SIZE)),
    part('storage', STORAGE_START, storage),
  ]
}

/** The whole flash of a board of 4 MB, to be written at address 0. */
export function wholeImage (parts: Part[]): Uint8Array {
  const image = erased(FLASH_SIZE)
  for (const { address, data } of parts) image.set(data, address)
  return image
}
