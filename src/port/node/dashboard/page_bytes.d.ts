// The module that the build puts beside the library: the broker's page, made of src/dashboard.

/** HTML in UTF-8, compressed by gzip, in Base64. */
export declare const page: string
