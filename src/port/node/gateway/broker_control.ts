// What clients ask of the broker under $CONTROL/: mosquitto 2.1's $CONTROL/broker/v1, with `enable_control_api`, which
// tells of listeners and plug-ins; dynamic security; and the answer to whatever else is asked for.
import { EVERY_ADDRESS } from '../configuration/listener_keys'
import { controlResponses, namesOf } from '../dynamic_security/control_request'
import type { DynamicSecurity } from '../dynamic_security/dynamic_security'
import { isSecure } from '../library/announcements'
import type { Broker, ControlRequest, ListenerOptions } from '../library/api'

const TOPIC = '$CONTROL/broker/v1'
const NAMES = namesOf(['listPlugins', 'listListeners'])

export interface ControlOptions {
  /** enable_control_api */
  hasControl: boolean
  /** Those that are open, with the ports that they have. */
  listeners: ListenerOptions[]
  dynamicSecurity: DynamicSecurity | undefined
}

/** As mosquitto describes a listener: without a host where it is for every address. */
function described(listener: ListenerOptions): object {
  const { port, protocol, host, path } = listener
  const hasAddress = path === undefined && host !== undefined && host !== EVERY_ADDRESS
  return {
    port: path === undefined ? port : 0,
    protocol: protocol === 'websockets' ? 'mqtt+websockets' : 'mqtt',
    ...hasAddress ? { 'bind-address': host } : {},
    ...path === undefined ? {} : { 'socket-path': path },
    tls: isSecure(listener),
  }
}

const plugins = ({ dynamicSecurity }: ControlOptions): object[] => dynamicSecurity
  ? [{ name: 'dynamic-security', 'control-endpoints': [dynamicSecurity.topic] }]
  : []

/** Takes what clients ask from now on, where there is somebody to ask. */
export function controlServe(broker: Broker, options: ControlOptions): void {
  const { hasControl, listeners, dynamicSecurity } = options
  dynamicSecurity?.begin()
  if (!hasControl && !dynamicSecurity) return
  const answer = ({ topic }: ControlRequest, json: object): void => {
    // A topic that is no topic, or has no room for more, has no answer: its client hears of it otherwise.
    broker.publish(`${topic}/response`, JSON.stringify(json)).catch(() => undefined)
  }
  broker.controlTo((request) => {
    if (dynamicSecurity?.topic === request.topic) return void dynamicSecurity.take(broker, request)
    if (!hasControl || request.topic !== TOPIC) return answer(request, { error: 'endpoint not available' })
    const responses = controlResponses(request.payload, NAMES, (command) => command === 'listPlugins'
      ? { plugins: plugins(options) }
      : { listeners: listeners.map(described) })
    answer(request, { responses })
  })
}
