// Espruino for Linux on a computer, of 32 or 64 bits: the ESP32's broker in the real interpreter.
export * from './esp32'

/** A build for 64 bits has no E.memoryArea over addresses of its own. */
export const MEMORY_WINDOW = false
