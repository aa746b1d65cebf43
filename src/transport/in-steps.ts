// Progress, told now and then.

/** How many bytes pass between two reports. */
const stepBytes = 1 << 20

/** Calls `tell` for the first number of bytes that is a step beyond the last one told. */
export function inSteps(tell: (doneBytes: number) => void): (doneBytes: number) => void {
  let told = 0
  return (done) => {
    if (done - told < stepBytes) return
    told = done
    tell(done)
  }
}
