// The rules for payloads of a broker, and what is told of them under $SYS.
import type { createBroker } from 'midge-mqtt'
import { SETTING_SYS_INTERVAL } from '../../../broker/settings'
import { createPayloadJudge } from '../payload/payload_judge'
import type { PayloadRule } from './payload_api'
import { PAYLOADS_REFUSED } from './statistics'

/** Seconds until it is looked again whether the number is to be said. */
const LOOK_SECONDS = 10

type Instance = ReturnType<typeof createBroker>

export class PayloadRules {
  private saying: NodeJS.Timeout | undefined

  constructor(private readonly rules: PayloadRule[], private readonly instance: Instance) {}

  /** Reads the schemas; rejects with a sentence where one cannot be used. */
  async prepare(): Promise<void> {
    if (this.rules.length) this.instance.payloadJudgeSet(await createPayloadJudge(this.rules))
  }

  start(): void {
    if (this.rules.length) this.say()
  }

  /** Says the number under $SYS, every sys_interval; 0: not now. */
  private say(): void {
    const { settingOf, brokerRetain, totals } = this.instance
    const interval = settingOf(SETTING_SYS_INTERVAL)
    if (interval) {
      void brokerRetain(Buffer.from(`$SYS/broker/${PAYLOADS_REFUSED}`), Buffer.from(String(totals().payloadsRefused)))
    }
    this.saying = setTimeout(() => this.say(), (interval || LOOK_SECONDS) * 1_000).unref()
  }

  stop(): void {
    clearTimeout(this.saying)
  }
}
