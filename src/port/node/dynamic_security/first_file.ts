// What a file of dynamic security begins with where there is none: the users, groups and roles of mosquitto 2.1.
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { passwordHash } from '../credential'

/** A password of the environment that is shorter is refused, as by mosquitto. */
const PASSWORD_SIZE_MIN = 12
const PASSWORD_SIZE = 20
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-=_+'

const every = (topic: string): [string, string][] => [
  ['publishClientSend', topic], ['publishClientReceive', topic], ['subscribePattern', topic],
  ['unsubscribePattern', topic],
]

/** By name: what it is for, and what it allows where. */
const ROLES: Record<string, [string, [string, string][]]> = {
  client: ['Reads and writes all topics of applications.', every('#')],
  'broker-admin': ['Administers the broker.', every('$CONTROL/broker/#')],
  'dynsec-admin': ['Administers clients, groups and roles.', every('$CONTROL/dynamic-security/#')],
  'super-admin': ['Administers all that can be.', every('$CONTROL/#')],
  'sys-notify': ['Bridges publish their state.', [['publishClientSend', '$SYS/broker/connection/%c/state']]],
  'sys-observe': ['Reads $SYS.', [['publishClientReceive', '$SYS/#'], ['subscribePattern', '$SYS/#']]],
  'topic-observe': ['Reads all topics of applications.', every('#').filter(([type]) => type !== 'publishClientSend')],
}

const passwordDraw = (): string =>
  Array.from({ length: PASSWORD_SIZE }, () => LETTERS[randomInt(LETTERS.length)]).join('')

function passwordOfFile(file: string): string {
  const [password] = readFileSync(file, 'utf8').split(/\r?\n/)
  if (!password) throw new Error(`it is not there yet, and ${file} has no password in its first line for it`)
  return password
}

/** The password that an owner gave for `admin`; undefined: none. Throws a sentence where it is too short. */
function passwordGiven(file: string | undefined): string | undefined {
  if (file !== undefined) return passwordOfFile(file)
  const password = process.env.MOSQUITTO_DYNSEC_PASSWORD
  if (password !== undefined && password.length < PASSWORD_SIZE_MIN) {
    throw new Error(
      `it is not there yet, and MOSQUITTO_DYNSEC_PASSWORD has fewer than ${PASSWORD_SIZE_MIN} characters`)
  }
  return password
}

export interface FirstFile {
  content: string
  /** What to write beside it, `admin PASSWORD` and the like in lines; undefined: its owner gave the password. */
  passwords?: string
}

/**
 * The first content, with the password of `initFile`, else of MOSQUITTO_DYNSEC_PASSWORD, for `admin`; without one there
 * is a second user for trying, and both have passwords that were drawn. Throws a sentence where the given one is none.
 */
export function firstFile(initFile: string | undefined): FirstFile {
  const given = passwordGiven(initFile)
  const users: [string, string, string[]][] = [
    ['admin', given ?? passwordDraw(), ['super-admin', 'sys-observe', 'topic-observe']],
    ...given === undefined ? [['democlient', passwordDraw(), ['client']] as [string, string, string[]]] : [],
  ]
  const content = JSON.stringify({
    defaultACLAccess: {
      publishClientSend: false, publishClientReceive: true, subscribe: false, unsubscribe: true,
    },
    clients: users.map(([username, password, roles]) => ({
      username, roles: roles.map((rolename) => ({ rolename })), encoded_password: passwordHash(password, false),
    })),
    groups: [{ groupname: 'unauthenticated', textname: 'Clients that come without a password', roles: [] }],
    roles: Object.entries(ROLES).map(([rolename, [textdescription, allowed]]) => ({
      rolename, textdescription,
      acls: allowed.map(([acltype, topic]) => ({ acltype, topic, priority: 0, allow: true })),
    })),
    anonymousGroup: 'unauthenticated',
  })
  return given === undefined
    ? { content, passwords: users.map(([name, password]) => `${name} ${password}\n`).join('') }
    : { content }
}
