// A byte of memory, or of a record that the port shows: topics of a board lie in either. Where there are no such
// records memory is asked itself, as a function costs a board five variables and a call.
import { portByte } from 'runtime'
import { FLASH_AT } from '../limits'
import { memory } from '../memory'
import type { Offset } from '../kinds'

export function byteAt(address: Offset): number {
  return address >= FLASH_AT ? portByte(address) : memory[address]
}
