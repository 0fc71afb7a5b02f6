// What a command says while it builds what it needs: that takes seconds, after a change of the sources only.

/**
 * Answers what takes the steps of a build, says once that there is one, and shows how far it is where `live` can.
 * @param {string} what
 * @param {(line: string) => void} log
 * @param {(line: string) => void} [live]
 * @returns {import('../build/bundle.mjs').OnStep}
 */
export function showBuild (what, log, live = () => undefined) {
  let isBegun = false
  return ({ name, number, count }) => {
    if (!isBegun) log(`midge: builds ${what}: some seconds, once for these sources`)
    isBegun = true
    live(number < count ? `${number} of ${count}: ${name}` : '')
  }
}
