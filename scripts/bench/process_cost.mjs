// What a process has used: CPU time of all its threads, and resident memory. Linux keeps both under /proc.
import { readFileSync, readdirSync } from 'node:fs'

/** Ticks of /proc/<pid>/stat a second; the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** Seconds of CPU, to the nanosecond where the kernel keeps schedstat, else to 10 ms. */
export function cpuSeconds (pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const nanoseconds = threads.map(id =>
      Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'latin1').split(' ')[0]))
    const sum = nanoseconds.reduce((a, b) => a + b, 0)
    if (sum > 0) return sum / 1e9
  } catch {
    // No schedstat: the coarse clock below.
  }
  return ticksOf(pid, 11) + ticksOf(pid, 12)
}

const ticksOf = (pid, field) =>
  Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')[field]) / TICKS_PER_SECOND

/** Seconds of CPU that the kernel has used for it, to 10 ms. */
export const kernelSeconds = pid => ticksOf(pid, 12)

/** Resident memory in bytes. */
export function residentSize (pid) {
  const [, kilobytes] = readFileSync(`/proc/${pid}/status`, 'latin1').match(/VmRSS:\s+(\d+)/)
  return Number(kilobytes) * 1_024
}
