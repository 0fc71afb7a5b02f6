// Commands about groups.
import {
  type Command, CommandError, type Fields, type Work, checkedRanks, describedBy, found, listCheck, nameOf, page,
} from './command'
import { type DynamicGroup, PRIORITY_USUAL, membersOf, priorityOf, ranksJson, ranksOf, sorted } from './state'

function groupOf({ state, fields }: Work): [string, DynamicGroup] {
  const name = nameOf(fields, 'groupname')
  return [name, found(state.groups, name, 'Group')]
}

/** Who is in the group comes again; with the anonymous group those without a User Name. */
function touchMembers({ state, touched }: Work, group: string): void {
  for (const member of membersOf(state, group).keys()) touched.add(member)
  if (state.anonymousGroup === group) touched.add(null)
}

function groupJson({ state }: Work, groupname: string, { textname, textdescription, roles }: DynamicGroup): Fields {
  return {
    groupname, textname, textdescription,
    clients: [...membersOf(state, groupname).keys()].map((username) => ({ username })),
    roles: ranksJson(roles, 'rolename'),
  }
}

const createGroup: Command = ({ state, fields }) => {
  const name = nameOf(fields, 'groupname')
  if (state.groups.has(name)) throw new CommandError('Group already exists')
  const group: DynamicGroup = { ...describedBy(fields), roles: new Map() }
  if (listCheck(fields, 'roles', 'rolename')) {
    group.roles = checkedRanks(ranksOf(fields.roles, 'rolename'), state.roles, 'Role')
  }
  state.groups.set(name, group)
  return undefined
}

const modifyGroup: Command = (work) => {
  const { state, fields } = work
  const [name, group] = groupOf(work)
  const roles = listCheck(fields, 'roles', 'rolename')
    && checkedRanks(ranksOf(fields.roles, 'rolename'), state.roles, 'Role')
  const members = listCheck(fields, 'clients', 'username')
    && checkedRanks(ranksOf(fields.clients, 'username'), state.clients, 'Client')
  Object.assign(group, describedBy(fields))
  touchMembers(work, name)
  if (roles) group.roles = roles
  if (members) {
    for (const { groups } of state.clients.values()) groups.delete(name)
    for (const [member, priority] of members) state.clients.get(member)!.groups.set(name, priority)
    touchMembers(work, name)
  }
  return undefined
}

/** A command about a client in a group. */
const aboutMember = (change: (work: Work, client: string, group: string) => void): Command => (work) => {
  const { state, fields, touched } = work
  const client = nameOf(fields, 'username')
  const group = nameOf(fields, 'groupname')
  found(state.clients, client, 'Client')
  found(state.groups, group, 'Group')
  change(work, client, group)
  touched.add(client)
  return undefined
}

/** A command about a role of a group. */
const aboutRole = (change: (work: Work, group: DynamicGroup, role: string) => void): Command => (work) => {
  nameOf(work.fields, 'groupname')
  const role = nameOf(work.fields, 'rolename')
  const [name, group] = groupOf(work)
  found(work.state.roles, role, 'Role')
  change(work, group, role)
  touchMembers(work, name)
  return undefined
}

export const GROUP_COMMANDS: Record<string, Command> = {
  createGroup,
  modifyGroup,
  deleteGroup: (work) => {
    const { state } = work
    const [name] = groupOf(work)
    if (state.anonymousGroup === name) throw new CommandError('Deleting the anonymous group is forbidden')
    touchMembers(work, name)
    for (const { groups } of state.clients.values()) groups.delete(name)
    state.groups.delete(name)
    return undefined
  },
  addGroupClient: aboutMember(({ state, fields }, client, group) => {
    const { groups } = state.clients.get(client)!
    if (groups.has(group)) throw new CommandError('Client is already in this group')
    groups.set(group, priorityOf(fields.priority, PRIORITY_USUAL))
  }),
  removeGroupClient: aboutMember(({ state }, client, group) => state.clients.get(client)!.groups.delete(group)),
  addGroupRole: aboutRole(({ fields }, { roles }, role) => {
    if (roles.has(role)) throw new CommandError('Group is already in this role')
    roles.set(role, priorityOf(fields.priority, PRIORITY_USUAL))
  }),
  removeGroupRole: aboutRole((_work, { roles }, role) => roles.delete(role)),
  setAnonymousGroup: (work) => {
    [work.state.anonymousGroup] = groupOf(work)
    work.touched.add(null)
    return undefined
  },
  getAnonymousGroup: ({ state }) => ({ group: { groupname: state.anonymousGroup ?? '' } }),
  getGroup: (work) => ({ group: groupJson(work, ...groupOf(work)) }),
  listGroups: (work) => {
    const { state, fields } = work
    const groups = page(fields, sorted(state.groups))
    return {
      totalCount: state.groups.size,
      groups: groups.map(([name, group]) => fields.verbose === true ? groupJson(work, name, group) : name),
    }
  },
}
