// Commands about roles, and about what is allowed where no role says anything.
import { isTopicFilter } from '../../../client/topic_filter'
import { type Command, CommandError, type Work, describedBy, found, isText, nameOf, page } from './command'
import {
  ACL_TYPES, type AclType, DEFAULT_TYPES, type DynamicRole, aclsOf, isObject, membersOf, priorityOf, roleJson, sorted,
} from './state'

function roleOf({ state, fields }: Work): [string, DynamicRole] {
  const name = nameOf(fields, 'rolename')
  return [name, found(state.roles, name, 'Role')]
}

/** Whoever has the role comes again. */
function touchHolders({ state, touched }: Work, role: string): void {
  for (const [name, { roles }] of state.clients) if (roles.has(role)) touched.add(name)
  for (const [group, { roles }] of state.groups) {
    if (!roles.has(role)) continue
    for (const member of membersOf(state, group).keys()) touched.add(member)
    if (state.anonymousGroup === group) touched.add(null)
  }
}

function wildcardsSet(role: DynamicRole, value: unknown): void {
  if (value === undefined) return
  if (typeof value !== 'boolean') throw new CommandError('Invalid allowwildcardsubs')
  role.allowwildcardsubs = value
}

const createRole: Command = ({ state, fields }) => {
  const name = nameOf(fields, 'rolename')
  if (state.roles.has(name)) throw new CommandError('Role already exists')
  const role: DynamicRole = { ...describedBy(fields), allowwildcardsubs: true, acls: aclsOf(fields.acls) }
  wildcardsSet(role, fields.allowwildcardsubs)
  state.roles.set(name, role)
  return undefined
}

const modifyRole: Command = (work) => {
  const { fields } = work
  const [name, role] = roleOf(work)
  const described = describedBy(fields)
  wildcardsSet(role, fields.allowwildcardsubs)
  Object.assign(role, described)
  if (Array.isArray(fields.acls)) role.acls = aclsOf(fields.acls)
  touchHolders(work, name)
  return undefined
}

/** What a rule is about: its kind and its filter. */
function ruleOf({ fields }: Work): { acltype: AclType, topic: string } {
  const { acltype: given, topic } = fields
  if (typeof given !== 'string') throw new CommandError('Invalid/missing acltype')
  const acltype = ACL_TYPES.find((type) => type.toLowerCase() === given.toLowerCase())
  if (!acltype) throw new CommandError('Unknown acltype')
  if (typeof topic !== 'string') throw new CommandError('Invalid/missing topic')
  if (!isText(topic)) throw new CommandError('Topic not valid UTF-8')
  if (!isTopicFilter(topic)) throw new CommandError('Invalid ACL topic')
  return { acltype, topic }
}

export const ROLE_COMMANDS: Record<string, Command> = {
  createRole,
  modifyRole,
  deleteRole: (work) => {
    const { state } = work
    const [name] = roleOf(work)
    touchHolders(work, name)
    for (const { roles } of [...state.clients.values(), ...state.groups.values()]) roles.delete(name)
    state.roles.delete(name)
    return undefined
  },
  addRoleACL: (work) => {
    const { fields } = work
    const [name, role] = roleOf(work)
    const rule = ruleOf(work)
    if (role.acls.some(({ acltype, topic }) => acltype === rule.acltype && topic === rule.topic)) {
      throw new CommandError('ACL with this topic already exists')
    }
    role.acls.push({ ...rule, priority: priorityOf(fields.priority, 0), allow: fields.allow === true })
    touchHolders(work, name)
    return undefined
  },
  removeRoleACL: (work) => {
    const [name, role] = roleOf(work)
    const rule = ruleOf(work)
    const others = role.acls.filter(({ acltype, topic }) => acltype !== rule.acltype || topic !== rule.topic)
    if (others.length === role.acls.length) throw new CommandError('ACL not found')
    role.acls = others
    touchHolders(work, name)
    return undefined
  },
  getRole: (work) => ({ role: roleJson(...roleOf(work)) }),
  listRoles: ({ state, fields }) => {
    const roles = page(fields, sorted(state.roles))
    return {
      totalCount: state.roles.size,
      roles: roles.map(([name, role]) => fields.verbose === true ? roleJson(name, role) : name),
    }
  },
  setDefaultACLAccess: ({ state, fields }) => {
    if (!Array.isArray(fields.acls)) throw new CommandError('Missing/invalid actions array')
    for (const acl of fields.acls as unknown[]) {
      if (!isObject(acl) || typeof acl.acltype !== 'string' || typeof acl.allow !== 'boolean') continue
      const wanted = acl.acltype.toLowerCase()
      const type = DEFAULT_TYPES.find((name) => name.toLowerCase() === wanted)
      if (type) state.defaults[type] = acl.allow
    }
    return undefined
  },
  getDefaultACLAccess: ({ state }) =>
    ({ acls: DEFAULT_TYPES.map((acltype) => ({ acltype, allow: state.defaults[acltype] })) }),
  getDetails: ({ state: { clients, groups, roles, changeIndex } }) =>
    ({ clientCount: clients.size, groupCount: groups.size, roleCount: roles.size, changeIndex }),
}
