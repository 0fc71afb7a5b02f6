// Keys of mosquitto.conf that say what has no effect here and does no harm: they are taken, and a line says so.

/** What the line says behind `<key> changes nothing: `. */
export const IDLE_KEYS: Record<string, string> = {
  autosave_interval: 'what is acknowledged is kept at once',
  autosave_on_changes: 'what is acknowledged is kept at once',
  retained_persistence: 'persistence keeps retained messages too',
  retry_interval: 'a message is sent again when its client connects again',
  store_clean_interval: 'there is nothing to be cleaned',
  retain_expiry_interval: 'a retained message that has expired is never sent, and goes when it is looked for',
  log_facility: 'the log goes where log_dest says',
  websockets_log_level: 'log_type says what is logged',
  packet_buffer_size: 'buffers are as large as what comes',
  auth_plugin_deny_special_chars: 'a name with + or # in it is nobody\'s in rules with %u and %c',
}
