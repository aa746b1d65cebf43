// `npm run bench [-- [--quick] [--peers=ROOT] [NAME…]]`: Gantry beside Debian's podman (or bare node) on the same runc, alternately, in one
// run; with --peers beside that of another Debian, which debootstrap put into ROOT. Prints the table that README shows: medians of the
// pairwise ratios. Never an assertion: machines differ, ratios hardly.

import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { benchmarks } from './benchmarks.ts'
import type { Measured } from './pairs.ts'
import { openWorld } from './world.ts'

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, peers: { type: 'string' } },
})
const world = openWorld({ isQuick: values.quick, peersRoot: values.peers })
try {
  console.log('| what | gantry | peer | ratio | to reach | |')
  console.log('|---|---|---|---|---|---|')
  for (const { name, goal, measure } of benchmarks) {
    if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue
    const measured = await measure(world)
    console.log(row({ name, goal, measured }))
  }
} finally {
  world.close()
  spawnSync('sync')
}

interface Row {
  readonly name: string
  readonly goal: { readonly text: string; readonly isReached: (measured: Measured) => boolean }
  readonly measured: Measured
}

function row({ name, goal, measured }: Row): string {
  const { ours, theirs, ratio, unit } = measured
  const verdict = goal.isReached(measured) ? 'yes' : 'no'
  return `| ${name} | ${ours.toFixed(1)} ${unit} | ${theirs.toFixed(1)} ${unit} | ${ratio.toFixed(2)} | ${goal.text} | ${verdict} |`
}
