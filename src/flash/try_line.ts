// How an owner tries a board that has just been set up.

/** The port of MQTT, which a configuration may change. */
const PORT = 1_883

export const portOf = ({ port = PORT }: Record<string, unknown>): number => port as number

/** A word of a shell's line. */
const quoted = (text: string): string => `'${text.replaceAll('\'', '\'\\\'\'')}'`

/** The command that shows every message of a board's broker; its user fills in the password. */
export function tryLine (address: string, configuration: Record<string, unknown>): string {
  const port = portOf(configuration) === PORT ? '' : ` -p ${portOf(configuration)}`
  // A user that was asked for stands behind those of a file.
  const user = Object.keys(configuration.users ?? {}).at(-1)
  return `mosquitto_sub -h ${address}${port} -t '#' -v${user === undefined ? '' : ` -u ${quoted(user)} -P …`}`
}
