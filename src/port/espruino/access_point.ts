// What a board's own network is called.

/** `midge-` and the last four digits of the board's MAC address. */
export function accessPointName(wifi: { getAPIP(): { mac: string } }): string {
  return 'midge-' + wifi.getAPIP().mac.substr(12).split(':').join('')
}
