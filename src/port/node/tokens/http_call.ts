// One request by HTTP or HTTPS with bounds: of time and of what is answered. Redirects are not followed.
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'

export interface HttpCall {
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  /** Authorities to judge the server by, PEM, in the place of Node's. */
  ca?: Buffer
  /** Whoever answers is taken for the server. */
  isUnverified?: boolean
}

export interface HttpAnswer { status: number, body: string }

const CALL_MS_MAX = 5_000
const ANSWER_SIZE_MAX = 1_048_576

/** Rejects where there is no answer in time, or one that is too large. */
export function httpCall(
  url: URL, { method = 'GET', headers, body, ca, isUnverified = false }: HttpCall = {},
): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(CALL_MS_MAX)
  const options = { method, headers, signal, ca, rejectUnauthorized: !isUnverified }
  return new Promise((resolve, reject) => {
    const call = (url.protocol === 'https:' ? requestTls : requestPlain)(url, options, (answer) => {
      const parts: Buffer[] = []
      let size = 0
      answer.on('data', (part: Buffer) => {
        size += part.length
        if (size > ANSWER_SIZE_MAX) call.destroy(new Error('The answer is too large.'))
        else parts.push(part)
      })
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString() }))
    })
    call.on('error', reject)
    call.end(body)
  })
}
