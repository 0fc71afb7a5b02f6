/** Storage's file of the broker's page, which m.page serves: HTML that gzip has compressed, made of src/dashboard. */
export const PAGE_FILE = 'm.html'
