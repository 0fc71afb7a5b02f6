// Keys of mosquitto.conf that say what has no effect here and does no harm: they are taken, and a line says so.

/** What the line says behind `<key> changes nothing: `. */
export const IDLE_KEYS: Record<string, string> = {
  autosave_interval: 'what is acknowledged is kept at once',
  autosave_on_changes: 'what is acknowledged is kept at once',
  retry_interval: 'a message is sent again when its client connects again',
  store_clean_interval: 'there is nothing to be cleaned',
  log_facility: 'the log goes where log_dest says',
  websockets_log_level: 'log_type says what is logged',
}
