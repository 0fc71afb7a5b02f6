// The ESP32: Espruino's release build, about 3,000 variables of 14 bytes.
export * from './defaults'
