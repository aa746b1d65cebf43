// Descriptors of ours that a container's process has under the same numbers: --preserve-fds, --preserve-fd.

/** From 3 on, up to the highest; `gap` at the numbers between that are not wanted. */
export function preservedLayout(preservedFds: readonly number[], gap: number): number[] {
  const last = Math.max(2, ...preservedFds)
  return Array.from({ length: last - 2 }, (_, index) => (preservedFds.includes(3 + index) ? 3 + index : gap))
}

/** What --preserve-fds means. */
export function firstFds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 3 + index)
}
