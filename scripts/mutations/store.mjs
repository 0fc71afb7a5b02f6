// Bugs of a board's record store, alone over a flash that fails: test/port/espruino/records_cuts.ts looks for them.

const APPEND = 'src/port/espruino/records/append.ts'
const CLEAN = 'src/port/espruino/records/clean.ts'
const FLASH = 'src/port/espruino/records/flash.ts'
const OPEN = 'src/port/espruino/records/open.ts'
const RECORD = 'src/port/espruino/records/record.ts'
const SECTORS = 'src/port/espruino/records/sectors.ts'

export const STORE = [
  {
    name: 'a record is marked before what belongs to it is written',
    file: RECORD, from: 'export const NEW = 0x2100_0000', to: 'export const NEW = 0x2900_0000',
  },
  {
    name: 'what a group takes the place of is gone before the group counts',
    file: APPEND, from: '  if (!isOpen) return change(unit, bits)\n',
    to: '  if (unit >= 0) return change(unit, bits)\n',
  },
  {
    name: 'a group is not marked',
    file: APPEND, from: 'recordsWrite() && (!last || stateClear(last, NOT_LAST))', to: 'recordsWrite()',
  },
  {
    name: 'a record that is moved loses its marks',
    file: APPEND, from: 'size - NEW ^ (from && recordMarks(from) << 24)', to: 'size - NEW',
  },
  {
    name: 'a record that is moved is the newest',
    file: APPEND, from: 'from > 0 ? recordSequence(from) : ++sequence', to: '++sequence',
  },
  {
    name: 'what may be half written is written over',
    file: APPEND, from: '  gap = unit\n  next = unit < 0 ? unit : unit | 255\n', to: '  gap = -1\n  next = unit\n',
  },
  {
    name: 'a record that has moved is left where it was',
    file: CLEAN, from: '  if (recordChange(from, GONE)) return true\n', to: '  if (from >= 0) return true\n',
  },
  {
    name: 'a record is gone where it was before it counts where it is moved to',
    file: CLEAN, from: 'if (to < 0 || !recordsCommit()) return false', to: 'if (to < 0) return false',
  },
  {
    name: 'sectors are cleaned of which nothing is won',
    file: CLEAN, from: 'count + first <= TAKEN', to: 'count <= TAKEN',
  },
  {
    name: 'new records take the sectors that cleaning needs',
    file: SECTORS, from: 'units <= TAKEN ? reserve - 1 : reserve', to: 'units <= TAKEN ? 0 : 0',
  },
  {
    name: 'room behind records that fill their sectors is never won',
    file: CLEAN, from: 'sectorsErased <= reserve && score', to: 'sectorsErased < 0 && score',
  },
  {
    name: 'what is gone in the sector that is open and full is never won back',
    file: SECTORS, from: 'units <= TAKEN ? reserve - 1 : reserve', to: 'units < 0 ? reserve - 1 : reserve',
  },
  {
    name: 'a sector is erased before the last record of it has moved',
    file: APPEND, from: 'else live[unit >> 8] -= size + 31 >> 4\n', to: 'else live[unit >> 8] -= size + 47 >> 4\n',
  },
  {
    name: 'a sector that is half erased reads as it was',
    file: FLASH, from: '  flashWrite(\'\\0\'.repeat(8), base + at + 8)\n', to: '',
  },
  {
    name: 'what a large record goes on in is free at the next start',
    file: OPEN, from: 'unit === tablesUnit) && largeSet(unit, TAKEN)', to: 'unit === tablesUnit)',
  },
  {
    name: 'a large record whose removal is half written comes back without its sectors',
    file: OPEN, from: '  stateClear(unit, GONE)\n  live[unit >> 8] = 0\n', to: '  live[unit >> 8] = 0\n',
  },
  {
    name: 'the head of the newest sector is left half written',
    file: OPEN, from: '  flashPut(start * 16 - 16, recordWindow(start * 16 - 16, 16) + \'\', 16)\n', to: '',
  },
  {
    name: 'sectors of a large record are not given back',
    file: SECTORS, from: '    live[sector] = is\n', to: '    live[sector] = TAKEN\n',
  },
  {
    name: 'the table of a large record is one short',
    file: SECTORS, from: 'left = recordSize(unit) - FIRST_SIZE', to: 'left = recordSize(unit) - FIRST_SIZE - MORE_SIZE',
  },
  {
    name: 'flash is believed to have taken what is written',
    file: FLASH, from: '  if (recordWindow(at, size) === bytes) return true\n  flashWrite',
    to: '  return true\n  flashWrite',
  },
  {
    name: 'a mark that may be half written is left so',
    file: OPEN, from: '  stateClear(lastMark, NOT_LAST)\n', to: '',
  },
  {
    name: 'a record whose move was cut off is there twice',
    file: OPEN, from: 'recordSequence(from) === recordSequence(lastMark)) stateClear(from, GONE)',
    to: 'recordSequence(from) < 0) stateClear(from, GONE)',
  },
  {
    name: 'what a power cut has left behind the last mark counts',
    file: OPEN, from: '  for (unit = end; unit-- > behind;) {', to: '  for (unit = end; unit-- > end;) {',
  },
  {
    name: 'filters of a session that is over are moved',
    file: CLEAN, from: 'filtersAreThere(from) && isNamed(from + 1)', to: 'filtersAreThere(from)',
  },
  {
    name: 'a filter of a session that is over is moved',
    file: CLEAN, from: 'filterIsThere(from) && isNamed(from)', to: 'filterIsThere(from)',
  },
  {
    name: 'a sequence number is given twice',
    file: OPEN, from: '    if (all[at + 1] > recordSequenceMax) recordSequenceMax = all[at + 1]\n    head = unit\n',
    to: '    head = unit\n',
  },
].map(mutation => ({ ...mutation, isOfStore: true }))
