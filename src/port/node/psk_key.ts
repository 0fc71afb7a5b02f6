// Keys that two sides of TLS have in the place of certificates.

/** Whether a text is one: bytes in hexadecimal. */
export const isPskKey = (text: string): boolean => /^([0-9a-f]{2})+$/i.test(text)
