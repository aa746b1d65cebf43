// Lists that come page by page (distribution spec, "Listing").

/** `</v2/x/tags/list?n=1&last=b>; rel="next"`, always on the same registry. */
export function nextPage(link: string | undefined, from: string): string | undefined {
  const match = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')
  const url = match === null ? null : URL.parse(match[1] ?? '', new URL(from, 'http://registry').href)
  return url === null ? undefined : `${url.pathname}${url.search}`
}
