// The page at which another network is chosen: a form without scripts, which every phone's sign-in window shows. Names
// of networks are anybody's who is near: they stand in it escaped, and come back as hexadecimal digits.

/** What the scan has found. */
export interface Found { ssid: string, rssi: number, authMode?: string }

const NETWORKS_MAX = 12

/** Characters that mean something in a page, the one first that stands for all of them. */
const MARKS = '&<>"\''

function escaped(text: string): string {
  for (const mark of MARKS) text = text.split(mark).join(`&#${mark.charCodeAt(0)};`)
  return text
}

function hexed(bytes: string): string {
  let digits = ''
  for (let i = 0; i < bytes.length; i++) digits += (bytes.charCodeAt(i) + 0x100).toString(16).substr(1)
  return digits
}

/** The strongest of what was found, each name once. */
export function strongest(found: Found[]): Found[] {
  const names: string[] = []
  return found.sort((a, b) => b.rssi - a.rssi).filter((network) => {
    const ssid = network.ssid
    const isNew = ssid !== '' && names.indexOf(ssid) < 0 && names.length < NETWORKS_MAX
    if (isNew) names.push(ssid)
    return isNew
  })
}

function choice(digits: string, label: string): string {
  return `<p><label><input type=radio name=n value="${digits}"> ${label}</label>`
}

const START = '<!DOCTYPE html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">'
  + '<title>Midge</title><style>body{font:1.1em sans-serif;max-width:24em;margin:1em auto;padding:0 1em}'
  + 'input[type=text],input[type=password],button{font:inherit;width:100%;box-sizing:border-box;padding:.4em}'
  + '</style><h1>Midge</h1>'

/** `sentence` is what there is to say first. */
export function pageForm(networks: Found[], sentence: string): string {
  return START + `<p>${escaped(sentence)}<form method=post action="/">`
    + networks.map(network => choice(
      hexed(network.ssid), escaped(network.ssid) + (network.authMode === 'open' ? ' (no password)' : ''))).join('')
    + choice('', 'another one:') + '<p><input type=text name=o autocapitalize=none autocomplete=off aria-label=Name>'
    + '<p><label>Password<input type=password name=p></label><p><button>Join</button></form>'
}

export function pageGoodbye(name: string): string {
  return START + `<p>The board joins <b>${escaped(name)}</b> now, and its own network closes. When it cannot join, it `
    + 'opens it again within a minute, and this page says why.'
}
