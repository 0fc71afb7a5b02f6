// A byte of memory, or of a record that the port shows: topics and filters of a board lie in either.
import { portByte } from 'runtime'
import { FLASH_AT, RECORDS_MAPPED } from '../limits'
import { memory } from '../memory'
import type { Offset } from '../kinds'

export function byteAt(address: Offset): number {
  return RECORDS_MAPPED && address >= FLASH_AT ? portByte(address) : memory[address]
}
