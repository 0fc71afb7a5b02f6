// What looks like a token, good or not.

/** Whether a text is a JSON Web Token: its first part is Base64 of an object. [RFC 7519 section 3] */
export const isToken = (text: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text)
