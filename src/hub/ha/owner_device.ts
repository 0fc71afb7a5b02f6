// midge.device for hub.js: relays and sensors of the board's owner, announced to Home Assistant in one call.
import { boardTopic, isName } from './identity'

/** What Home Assistant is told of it, in its own words; and `command`, which is called with what it sends. */
interface Component { platform?: string, command?: (value: string) => unknown, [key: string]: unknown }

interface Given { id?: string, name?: string, components?: Record<string, Component> }

/** What a call of midge.device answers: `set` publishes the state of a component. */
export interface Device { set(name: string, value: unknown): void }

let discoveryPrefix = ''

export function prefixSet(prefix: string): void {
  discoveryPrefix = prefix
}

/** The component of that name; a word that every object of the engine knows is none. */
function componentOf(components: Record<string, Component>, name: string): Component | undefined {
  return Object.keys(components).indexOf(name) >= 0 ? components[name] : undefined
}

function announced(id: string, name: string, component: Component): object {
  const topic = `midge/${id}/${name}/`
  const told: Record<string, unknown> = { unique_id: `midge_${id}_${name}`, name, state_topic: topic + 'state' }
  if (component.command) told.command_topic = topic + 'set'
  for (const key of Object.keys(component)) if (key !== 'command') told[key] = component[key]
  return told
}

/**
 * Announces a device with its components, and has its commands called. Throws a sentence where something is missing.
 * A command that answers `false` has not been done; else what was sent is the new state.
 */
export function deviceAnnounce(given: Given): Device {
  const id = given.id!
  const components = given.components || {}
  if (!isName(id)) throw new Error(`midge.device: id must be letters, digits, _ and -: ${String(id)}`)
  const told: Record<string, object> = {}
  for (const name of Object.keys(components)) {
    if (!isName(name)) throw new Error(`midge.device: a component must be letters, digits, _ and -: ${name}`)
    if (!components[name].platform) throw new Error(`midge.device: ${name} has no platform, as 'switch' or 'sensor'`)
    told[name] = announced(id, name, components[name])
  }
  const set = (name: string, value: unknown): void => {
    if (!componentOf(components, name)) throw new Error(`midge.device: ${id} has no component ${name}`)
    midge.publish(`midge/${id}/${name}/state`, value, { retain: true })
  }
  midge.publish(`${discoveryPrefix}/device/midge_${id}/config`, {
    device: { identifiers: ['midge_' + id], name: given.name || id },
    origin: { name: 'Midge' },
    availability_topic: boardTopic + 'availability',
    components: told,
  }, { retain: true })
  midge.subscribe(`midge/${id}/+/set`, (topic, value) => {
    const name = topic.split('/')[2]
    const component = componentOf(components, name)
    if (component && component.command && component.command(value) !== false) set(name, value)
  })
  return { set }
}
