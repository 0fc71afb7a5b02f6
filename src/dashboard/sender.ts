// Forms that publish a message, and what they say of the broker's answer.
import { reasonText } from '../log_text'
import { element, input } from './element'

export interface Sender {
  publish(topic: string, payload: Uint8Array, qos: number, retain: boolean): Promise<number>
}

/** Says how something went. */
export function resultSay(id: string, text: string, reasonCode: number): void {
  const result = element(id)
  result.classList.toggle('bad', reasonCode >= 0x80)
  result.textContent = text
}

const NO_SUBSCRIBERS = 0x10

function answerOf(reasonCode: number, qos: number): string {
  if (reasonCode >= 0x80) return `Not published: ${reasonText(reasonCode)}.`
  if (!qos) return 'Sent.'
  return reasonCode === NO_SUBSCRIBERS ? 'Published; nobody has subscribed to it.' : 'Published.'
}

/** Has a form publish: its fields are called by its id. */
export function publishBy(id: string, sender: Sender, topicOf: () => string): void {
  element(id).addEventListener('submit', (event) => {
    event.preventDefault()
    const topic = topicOf()
    if (/[+#\0]/.test(topic)) return resultSay(`${id}-result`, 'A topic has no + and no #.', 0x80)
    const qos = Number(input(`${id}-qos`).value)
    const payload = new TextEncoder().encode(input(`${id}-payload`).value)
    void sender.publish(topic, payload, qos, input(`${id}-retain`).checked)
      .then((reasonCode) => resultSay(`${id}-result`, answerOf(reasonCode, qos), reasonCode))
  })
}
