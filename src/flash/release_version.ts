// Which release of Espruino an image is, and which are too old.

import { FlashError } from './flash_error'
import type { ChipLayout } from './layout'

/** What the firmware prints when it starts: the only place of a release where its version stands in every form. */
const BANNER = /(\d+v\d+(?:\.\d+)?) \(c\) \d{4} G\.Williams/
const BANNER_SIZE_MAX = 40
const PIECE_SIZE = 0x8000

/** The version that a firmware prints; empty: none was found. */
export function versionOf (firmware: Uint8Array): string {
  for (let start = 0; start < firmware.length; start += PIECE_SIZE - BANNER_SIZE_MAX) {
    const found = BANNER.exec(String.fromCharCode(...firmware.subarray(start, start + PIECE_SIZE)))
    if (found) return found[1]
  }
  return ''
}

/** A version as one number, 2026 for 2v26; NaN where it is unknown. */
const numberOf = (version: string): number => {
  const [, major, minor] = /^(\d+)v(\d+)/.exec(version) ?? []
  return Number(major) * 1_000 + Number(minor)
}

/** Whether a version is known to come before another one, such as 2v26. */
export const isBefore = (version: string, other: string): boolean => numberOf(version) < numberOf(other)

/** The first release whose Storage is where all later ones have it, and which has an ESP32-C3 and an ESP32-S3. */
const OLDEST = '2v26'

/** The release that is recommended. */
const NEWEST = '2v29'

/** Where a chip's files of the recommended release are: a folder of Espruino's site. */
export const releaseAddress = ({ board }: ChipLayout): string =>
  `https://www.espruino.com/binaries/espruino_${NEWEST}_${board}/`

export const isTooOld = (version: string): boolean => isBefore(version, OLDEST)

export const tooOld = (version: string): FlashError => new FlashError('not an archive',
  `${version ? `this is Espruino ${version}` : 'this is an old Espruino'}, and ${OLDEST} or newer is needed: before it `
  + 'Storage, which holds the broker, lay elsewhere in flash. Get one from https://www.espruino.com/Download')
