// Certificates for a test, made by openssl on the spot: an authority, a server, a client.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { folderMake } from './library'

/** Whether this machine can make them. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

function openssl(folder: string, ...parameters: string[]): void {
  const { status, stderr } = spawnSync('openssl', parameters, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl ${parameters.join(' ')}: ${stderr}`)
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
/** For who knows no other kind. */
export const RSA_KEY = ['-newkey', 'rsa:2048', '-nodes']

/**
 * A key and a certificate of the folder's authority; `subject` is a Common Name, or all of it with slashes. Good for so
 * many days; -1: until yesterday.
 */
export function certificateMake(folder: string, name: string, subject: string, days = 2, key = KEY): void {
  const whole = subject.startsWith('/') ? subject : `/CN=${subject}`
  openssl(folder, 'req', ...key, '-utf8', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', whole)
  openssl(
    folder, 'x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial',
    '-days', `${days}`, '-out', `${name}.crt`, '-extfile', 'names.ext',
  )
}

/** A folder with ca, server and client certificates; answers the path of a file in it. */
export function certificatesMake(key = KEY): (name: string) => string {
  const folder = folderMake({ 'names.ext': 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' })
  openssl(folder, 'req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=authority')
  certificateMake(folder, 'server', 'localhost', 2, key)
  certificateMake(folder, 'client', 'anna', 2, key)
  return (name) => join(folder, name)
}
