// Where everything lies in the flash of a board that runs Espruino, per chip: the addresses of its release builds.

export const PAGE_SIZE = 4_096
export const FLASH_SIZE = 0x40_0000
/** The 64 KB that no partition of the release builds uses: the broker's state while it runs. */
export const STATE_START = 0x31_0000
export const STATE_SIZE = 0x1_0000
export const STORAGE_START = 0x32_0000
export const STORAGE_SIZE = 917_504

export type ChipName = 'ESP32' | 'ESP32-C3' | 'ESP32-S3'

export type PartName = 'bootloader' | 'partition table' | 'nvs' | 'otadata' | 'firmware' | 'state' | 'storage'

/** What the parts are to somebody who has never heard of them. */
export const PART_WORDS: Record<PartName, string> = {
  bootloader: 'bootloader',
  'partition table': 'map of the flash',
  nvs: 'radio settings',
  otadata: 'choice of firmware',
  firmware: 'Espruino',
  state: 'room for its memory',
  storage: 'broker and settings',
}

/** A range of flash and what has to be in it. */
export interface Part { name: PartName, address: number, data: Uint8Array }

/** Names of a release's files. */
export interface FileNames { bootloader: string, partitionTable: string, firmware: string }

/** What a chip's release build is made of and where it goes. Sizes in bytes. */
export interface ChipLayout {
  readonly chip: ChipName
  /** The board whose bundle is for this chip: a file of boards/. */
  readonly board: string
  /** In the extended header of every image of this chip. */
  readonly imageChipId: number
  readonly bootloaderStart: number
  /** Names that the parts have in releases: those of the first are what is shipped now. */
  readonly files: readonly FileNames[]
  /** What the partition table of a release with the first names says. */
  readonly partitions: { nvsSize: number, otadata: { start: number, size: number } | null }
}

export const PARTITION_TABLE_START = 0x8000
export const NVS_START = 0x9000
export const FIRMWARE_START = 0x1_0000

/** The names in a build with ESP-IDF 4 or 5. */
const laterNames = (firmware: string): FileNames =>
  ({ bootloader: 'bootloader.bin', partitionTable: 'partition-table.bin', firmware })

const LATER = { bootloaderStart: 0, partitions: { nvsSize: 0x6000, otadata: null } }

export const CHIP_LAYOUTS: readonly ChipLayout[] = [
  {
    chip: 'ESP32',
    board: 'esp32',
    imageChipId: 0,
    bootloaderStart: 0x1000,
    files: [
      { bootloader: 'bootloader.bin', partitionTable: 'partitions_espruino.bin', firmware: 'espruino_esp32.bin' },
      laterNames('espruino-esp32.bin'),
    ],
    partitions: { nvsSize: 0x3000, otadata: { start: 0xc000, size: 0x2000 } },
  },
  { ...LATER, chip: 'ESP32-C3', board: 'esp32c3', imageChipId: 5, files: [laterNames('espruino-esp32c3.bin')] },
  { ...LATER, chip: 'ESP32-S3', board: 'esp32s3', imageChipId: 9, files: [laterNames('espruino-esp32s3.bin')] },
]

/** The layout of a chip by the name that esptool has for it; undefined: no board of ours has this chip. */
export const chipLayout = (chip: string): ChipLayout | undefined => CHIP_LAYOUTS.find(layout => layout.chip === chip)

/** The layout of a chip by what the firmware's board calls itself: ESP32, or with the SDK behind it, ESP32C3_IDF4. */
export const boardLayout = (name: string): ChipLayout | undefined =>
  CHIP_LAYOUTS.find(layout => layout.board === name.toLowerCase().replace(/_.*$/, ''))
