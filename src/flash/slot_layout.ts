// Where a board keeps programs that came over the air: the file m.slots of Storage, in which two slots stand on pages
// of their own. They are erased and written in place: no file is ever made, moved or taken away for an update, so that
// a power cut finds Storage as it was.
//
// A slot: a head of SLOT_HEAD_SIZE bytes, then the program. Of the head, digits: the CRC-32 of what follows in it
// (10), the program's size (6), its number (6), the CRC-32 of the broker that was put there by cable (10), and that of
// the program (10). Behind them, erased until they mean something: SLOT_KEPT, that it has come up, and an attempt
// each.

export const SLOTS_FILE = 'm.slots'
export const SLOT_COUNT = 2
/** Bytes, whole pages. */
export const SLOT_SIZE = 49_152
export const SLOT_HEAD_SIZE = 64
/** Where it is noted that a program has come up, and where its attempts to. */
export const SLOT_KEPT = 44
export const SLOT_ATTEMPTS = [48, 52, 56]
/** Bytes of the largest program. */
export const PROGRAM_SIZE_MAX = SLOT_SIZE - SLOT_HEAD_SIZE

/** Bytes of a program in one message. */
export const PIECE_SIZE = 384
/** What a board hears, each with a step behind it, and where it answers. */
export const UPDATE_TOPIC = 'midge/update/'
export const ANSWER_TOPIC = 'midge/updated'
