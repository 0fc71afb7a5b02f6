// The audit and the bans of a gateway, in the files that its configuration names.
import type { GatewayOptions } from '../configuration/options'
import type { Broker } from '../library/api'
import { AuditLog } from './audit_log'
import { BanFile, bansRead } from './ban_file'
import type { LogOwner, LogWriter } from './log_writer'

export class Watch {
  private readonly audit: AuditLog | null
  private readonly bans: BanFile | null

  /** Throws a sentence where a file is not good. */
  constructor(private readonly options: GatewayOptions, broker: Broker, { log }: LogWriter, owner: LogOwner) {
    const { auditLog, banFile } = options
    this.audit = auditLog ? new AuditLog(auditLog.path, owner) : null
    this.bans = banFile
      ? new BanFile(banFile, broker, (why) => log('error', `${banFile.path} could not be written: ${why}`))
      : null
    broker.on('audit', (event) => {
      this.audit?.write(event)
      const { event: what, address = '', why = '' } = event
      if (what !== 'banned' && what !== 'unbanned') return
      log('notice', `${address} is ${what === 'banned' ? `banned: ${why}` : 'not banned any more'}`, { address })
      this.bans?.changed()
    })
    this.reload()
  }

  /** Reads the bans again, and goes on with an audit opened anew; throws a sentence, and changes nothing. */
  reload(): void {
    const bans = this.options.banFile && bansRead(this.options.banFile)
    this.audit?.reopen()
    if (bans) this.bans?.apply(bans)
  }
}
