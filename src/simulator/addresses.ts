// Addresses of arrays, for E.getAddressOf and E.memoryArea: numbers that look like an ESP32's RAM.

/** Up to this size an array fits into one variable, and from that on it is flat; between, it has no address. */
const SINGLE_SIZE_MAX = 9
const FLAT_SIZE_MIN = 20
const RAM_START = 0x3ffb_0000

interface Area { buffer: ArrayBuffer, start: number, size: number }

export class Addresses {
  private areas: Area[] = []
  private next = RAM_START

  /** The address of an array's first byte; 0 when it is not flat. */
  of (view: ArrayBufferView): number {
    const size = view.buffer.byteLength
    if (size > SINGLE_SIZE_MAX && size < FLAT_SIZE_MIN) return 0
    return this.areaOf(view.buffer as ArrayBuffer).start + view.byteOffset
  }

  /** The memory at an address, or undefined when there is none of that size. */
  find (address: number, size: number): { buffer: ArrayBuffer, offset: number } | undefined {
    const area = this.areas.find(({ start, size: total }) => address >= start && address + size <= start + total)
    return area && { buffer: area.buffer, offset: address - area.start }
  }

  private areaOf (buffer: ArrayBuffer): Area {
    const known = this.areas.find(area => area.buffer === buffer)
    if (known) return known
    const area = { buffer, start: this.next, size: buffer.byteLength }
    this.next += (buffer.byteLength + 31) & ~15
    this.areas.push(area)
    return area
  }
}
