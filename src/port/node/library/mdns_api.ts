// The library's types of mDNS.

export interface MdnsOptions {
  /** Letters, digits and hyphens, 63 at most: clients find the host as `<name>.local`. midge unless told. */
  name?: string
  /** Network interfaces by their names, as eth0; all that there are unless told, also those that come later. */
  interfaces?: string[]
}

/** What is announced, is called otherwise, is announced no more, or cannot be; `message` is for people. */
export interface MdnsEvent { level: 'warning' | 'information', message: string }
