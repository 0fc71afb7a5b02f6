// What the owner of a board has set; configuration_read.ts reads it.

export interface Configuration {
  port?: number
  users?: Record<string, string>
  allow_anonymous?: boolean
  acl?: string[]
  persist?: string[]
  hostname?: string
  wifi_ssid?: string
  wifi_password?: string
  telnet?: boolean
  [key: string]: unknown
}

/** What is in force; empty where the file is absent. */
export let configuration: Configuration = {}

export function configurationSet(given: Configuration): void {
  configuration = given
}
