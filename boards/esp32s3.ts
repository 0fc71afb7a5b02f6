// An ESP32-S3: what an ESP32 is, with the same ten sockets.
export * from './esp32'
