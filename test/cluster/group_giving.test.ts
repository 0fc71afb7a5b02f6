// Members of a group are given again what a gateway that is over had: more than their queues may have otherwise.
import { expect, it } from 'vitest'
import { SETTING_QUEUE, SETTING_QUEUE_BYTES } from '../../src/broker/settings'
import { GroupGiving } from '../../src/port/node/cluster/group_giving'
import { messagesEncode, entryDecode } from '../../src/port/node/cluster/log_entry'

it('gives a member more than its queue may have, and leaves the bound as it was', () => {
  const values = new Map([[SETTING_QUEUE, 3], [SETTING_QUEUE_BYTES, 100]])
  const queue: string[] = []
  const give = ({ clientIdentifier }: { clientIdentifier: string }): boolean => {
    if (queue.length < values.get(SETTING_QUEUE)! && !values.get(SETTING_QUEUE_BYTES)) queue.push(clientIdentifier)
    return true
  }
  const settings = {
    settingOf: (setting: number) => values.get(setting)!,
    settingSet: (setting: number, value: number) => void values.set(setting, value),
  }
  const giving = new GroupGiving(null as never, { give } as never, null as never, new Map(), settings)
  const message = {
    clientIdentifier: 'c', packetIdentifier: 0, flags: 2, topicSize: 0, propertiesSize: 0, bytes: Buffer.alloc(0),
    expiry: 0,
  }
  const entry = { ...entryDecode(messagesEncode('n', 1, [message])), seq: 7 }
  for (let i = 0; i < 10; i++) expect(giving.share(message, entry, 0)).toBe(true)
  expect(queue).toHaveLength(10)
  expect([...values.values()]).toEqual([3, 100])
})
