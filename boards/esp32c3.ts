// An ESP32-C3: what an ESP32 is. Its variables have 13 bytes and are 4,095 at the most, which is more than an ESP32
// with Bluetooth has; older firmware gives it as many of 14 bytes as its memory has room for.
export * from './esp32'
