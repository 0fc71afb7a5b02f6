// Goes through a payload in Avro before avsc makes values of it: avsc makes room for as many items as an array says it
// has, and reads on behind the payload's end, so that six bytes would fill the memory.
import type { Type } from 'avsc'

/** What a type is made of. */
interface Parts {
  typeName: string
  itemsType?: Parts
  valuesType?: Parts
  fields?: { type: Parts }[]
  types?: Parts[]
  size?: number
}

/** Items that take no bytes, as those of null do. */
const EMPTY_ITEMS_MAX = 1_000

/** Bytes of the longest number. */
const LONG_SIZE_MAX = 10

/** Bytes of what has always as many. */
const SIZES: Record<string, number> = { null: 0, boolean: 1, float: 4, double: 8 }

class AvroWalk {
  private at = 0
  /** Items that may still come: each other one takes a byte of its own. */
  private itemsLeft: number

  constructor(private readonly bytes: Uint8Array) {
    this.itemsLeft = bytes.length + EMPTY_ITEMS_MAX
  }

  pass(type: Parts): void {
    const { typeName, itemsType, valuesType, fields, types, size } = type
    if (itemsType) this.items(itemsType, false)
    else if (valuesType) this.items(valuesType, true)
    else if (fields) for (const field of fields) this.pass(field.type)
    else if (types) this.branch(types)
    else if (typeName === 'bytes' || typeName === 'string') this.skip(this.long())
    else if (size !== undefined || typeName in SIZES) this.skip(size ?? SIZES[typeName])
    // An int, a long or an enum.
    else this.long()
  }

  private branch(types: Parts[]): void {
    const type = types.at(this.long())
    if (!type) throw new RangeError('There is no such branch.')
    this.pass(type)
  }

  private items(item: Parts, isNamed: boolean): void {
    for (let said = this.long(); said; said = this.long()) {
      // Behind a negative one is the size of the items.
      if (said < 0) this.long()
      const count = Math.abs(said)
      this.itemsLeft -= count
      if (this.itemsLeft < 0) throw new RangeError('There are more items than bytes.')
      for (let i = 0; i < count; i++) {
        if (isNamed) this.skip(this.long())
        this.pass(item)
      }
    }
  }

  private skip(size: number): void {
    this.at += size
    if (size < 0 || this.at > this.bytes.length) throw new RangeError('It ends too early.')
  }

  /** A number in zigzag, exact as far as sizes go. */
  private long(): number {
    let value = 0
    let factor = 1
    for (let i = 0; i < LONG_SIZE_MAX; i++) {
      this.skip(1)
      const byte = this.bytes[this.at - 1]
      value += (byte & 127) * factor
      if (byte < 128) return value % 2 ? -(value + 1) / 2 : value / 2
      factor *= 128
    }
    throw new RangeError('A number is too long.')
  }
}

/** Throws where a payload ends before what it says is in it. */
export const avroWalk = (type: Type, payload: Uint8Array): void =>
  new AvroWalk(payload).pass(type)
