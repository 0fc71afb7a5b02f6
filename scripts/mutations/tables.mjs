// Bugs of the tables that a board keeps for its start: test/board/kept_tables.ts looks for them.

const APPEND = 'src/port/espruino/records/append.ts'
const KEPT = 'src/subscriptions/walked/kept.ts'
const OPEN = 'src/port/espruino/records/open.ts'
const QUEUE = 'src/records/queue_kept.ts'
const RESTORE = 'src/records/restore.ts'
const RETAINED = 'src/messages/mapped/retained_table.ts'
const TABLES = 'src/port/espruino/records/tables.ts'

export const TABLES_MUTATIONS = [
  {
    name: 'tables are taken without their sum',
    file: TABLES, from: ' || sumOf(tablesUnit) !== words[tablesUnit * 4 + 2]', to: '',
  },
  {
    name: 'tables are taken that are not whole',
    file: OPEN, from: 'recordKind(unit) === RECORD_TABLES && recordIsLive(unit)',
    to: 'recordKind(unit) === RECORD_TABLES',
  },
  {
    name: 'a row stays whose sector was written anew',
    file: OPEN, from: 'if (live[sector] !== TAKEN || words[sector * 1_024 + 1] >= from) lives[sector] = 0',
    to: 'if (live[sector] !== TAKEN || words[sector * 1_024 + 1] >= from) lives[sector] = 1',
  },
  {
    name: 'a row stays that is gone',
    file: TABLES, from: 'return state >= -64 && state < -16 ? state : 0', to: 'return state && -49',
  },
  {
    name: 'what comes behind the tables stands where the start does not look',
    file: TABLES, from: '  recordsCommit()\n  sectorLeave()\n', to: '  recordsCommit()\n',
  },
  {
    name: 'what comes behind a start with tables stands where the next one does not look',
    file: OPEN, from: '    sectorLeave()\n', to: '',
  },
  {
    name: 'what was begun before the tables and is whole behind them stands where the start does not look',
    file: APPEND, from: '  if (words[unit * 4 + 1] < tablesFrom) tablesEnd()\n', to: '',
  },
  {
    name: 'a piece of a large record is taken for one',
    file: OPEN, from: 'else if (first === SECTOR_LARGE) {\n      largeRead(', to: 'else {\n      largeRead(',
  },
  {
    name: 'what is gone from a sector is taken off it twice',
    file: TABLES, from: 'isFilter ? filterUnits(unit) : recordSize(unit) + 31 >> 4',
    to: 'isFilter ? filterUnits(unit) : recordSize(unit) + 31 >> 3',
  },
  {
    name: 'tables stay when there are newer ones',
    file: TABLES, from: '  tablesEnd()\n  tablesSet(unit)\n', to: '  tablesSet(unit)\n',
  },
  {
    name: 'a message that was replaced is retained',
    file: RETAINED, from: 'if (state && !(~state & MARK_REPLACED)) {', to: 'if (state) {',
  },
  {
    name: 'a message for which PUBREC has come is sent again',
    file: QUEUE, from: '(portRecordStands(queueRecord[row]) & NO_MARK) === NO_MARK',
    to: 'portRecordStands(queueRecord[row]) < 0',
  },
  {
    name: 'a row of a queue that ended at the start is nobody\'s for good',
    file: QUEUE, from: '    queueMessage[row] = NONE\n    queueRowGive(row)\n', to: '    queueMessage[row] = NONE\n',
  },
  {
    name: 'a place in memory is taken for a record at the start',
    file: QUEUE, from: 'message * PLACE_SIZE < FLASH_AT || queueMessage', to: 'message < 0 || queueMessage',
  },
  {
    name: 'a subscription is the session\'s that has its row now',
    file: KEPT, from: 'session = now[session]\n', to: '',
  },
  {
    name: 'a session gets the number of one that is over',
    file: RESTORE, from: '  if (RECORDS_MAPPED) ownersBegin(portRecordsSequence())\n', to: '',
  },
].map(mutation => ({ ...mutation, isOfTables: true }))
