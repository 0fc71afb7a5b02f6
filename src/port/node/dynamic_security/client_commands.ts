// Commands about clients.
import { passwordHash } from '../credential'
import {
  type Command, CommandError, type Fields, type Work, checkedRanks, describedBy, found, listCheck, nameOf, optionalOf,
  page,
} from './command'
import { type DynamicClient, PRIORITY_USUAL, hashSet, priorityOf, ranksJson, ranksOf, sorted } from './state'

function clientOf({ state, fields }: Work): [string, DynamicClient] {
  const name = nameOf(fields, 'username')
  return [name, found(state.clients, name, 'Client')]
}

/** A client as answers have it: without its password. */
function clientJson({ addressesOf }: Work, username: string, client: DynamicClient): Fields {
  const { clientid, textname, textdescription, disabled, roles, groups } = client
  return {
    username, clientid, textname, textdescription, ...disabled ? { disabled } : {},
    roles: ranksJson(roles, 'rolename'), groups: ranksJson(groups, 'groupname'),
    connections: addressesOf(username).map((address) => ({ address })),
  }
}

function passwordSet(client: DynamicClient, password: string | undefined): void {
  if (password) hashSet(client, passwordHash(password, false))
}

/** Roles and groups that are said take the place of those before. */
function ranksSet({ state, fields }: Work, client: DynamicClient): void {
  const roles = listCheck(fields, 'roles', 'rolename')
    && checkedRanks(ranksOf(fields.roles, 'rolename'), state.roles, 'Role')
  const groups = listCheck(fields, 'groups', 'groupname')
    && checkedRanks(ranksOf(fields.groups, 'groupname'), state.groups, 'Group')
  if (roles) client.roles = roles
  if (groups) client.groups = groups
}

const createClient: Command = (work) => {
  const { state, fields } = work
  const name = nameOf(fields, 'username')
  if (state.clients.has(name)) throw new CommandError('Client already exists')
  const client: DynamicClient = {
    ...describedBy(fields), clientid: optionalOf(fields, 'clientid', 'client id') || undefined, disabled: false,
    roles: new Map(), groups: new Map(),
  }
  const password = optionalOf(fields, 'password')
  ranksSet(work, client)
  passwordSet(client, password)
  state.clients.set(name, client)
  return undefined
}

const modifyClient: Command = (work) => {
  const { fields, touched } = work
  const [name, client] = clientOf(work)
  const [clientid, password] = [optionalOf(fields, 'clientid', 'client id'), optionalOf(fields, 'password')]
  const described = describedBy(fields)
  ranksSet(work, client)
  Object.assign(client, described)
  if (clientid !== undefined) client.clientid = clientid || undefined
  passwordSet(client, password)
  touched.add(name)
  return undefined
}

/** A command that changes a client and has it come again. */
const changing = (change: (client: DynamicClient, work: Work) => void): Command => (work) => {
  const [name, client] = clientOf(work)
  change(client, work)
  work.touched.add(name)
  return undefined
}

/** A command about a role of a client: names are judged before they are looked for. */
const aboutRole = (change: (client: DynamicClient, role: string, work: Work) => void): Command => (work) => {
  const name = nameOf(work.fields, 'username')
  const role = nameOf(work.fields, 'rolename')
  const client = found(work.state.clients, name, 'Client')
  found(work.state.roles, role, 'Role')
  change(client, role, work)
  work.touched.add(name)
  return undefined
}

export const CLIENT_COMMANDS: Record<string, Command> = {
  createClient,
  modifyClient,
  deleteClient: (work) => {
    const [name] = clientOf(work)
    work.state.clients.delete(name)
    work.touched.add(name)
    return undefined
  },
  setClientPassword: (work) => {
    nameOf(work.fields, 'username')
    if (work.fields.password === '') throw new CommandError('Empty password is not allowed')
    const password = nameOf(work.fields, 'password')
    return changing((client) => passwordSet(client, password))(work)
  },
  setClientId: (work) => {
    nameOf(work.fields, 'username')
    const clientid = optionalOf(work.fields, 'clientid', 'client ID') || undefined
    return changing((client) => { client.clientid = clientid })(work)
  },
  enableClient: (work) => {
    clientOf(work)[1].disabled = false
    return undefined
  },
  disableClient: changing((client) => { client.disabled = true }),
  addClientRole: aboutRole((client, role, { fields }) => {
    client.roles.set(role, priorityOf(fields.priority, PRIORITY_USUAL))
  }),
  removeClientRole: aboutRole((client, role) => { client.roles.delete(role) }),
  getClient: (work) => ({ client: clientJson(work, ...clientOf(work)) }),
  listClients: (work) => {
    const { state, fields } = work
    const clients = page(fields, sorted(state.clients))
    return {
      totalCount: state.clients.size,
      clients: clients.map(([name, client]) => fields.verbose === true ? clientJson(work, name, client) : name),
    }
  },
}
