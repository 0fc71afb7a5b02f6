// What the terminal and the page are made of.

export { archiveFiles, firmwareChips, firmwareRead } from './firmware'
export type { Firmware } from './firmware'
export { FlashError } from './flash_error'
export { CHIP_LAYOUTS, chipLayout, FLASH_SIZE, STORAGE_SIZE, STORAGE_START } from './layout'
export type { ChipLayout, ChipName, Part } from './layout'
export { partList, wholeImage } from './part_list'
export { Programmer } from './programmer'
export type { FlashProgress, ProgrammerOptions } from './programmer'
export type { WebSerialPort } from './serial_port'
export { CONFIGURATION_FILE, HUB_FILE, storageBuild } from './storage_build'
export type { StorageFile } from './storage_build'
export { updatePlan } from './update_plan'
