// image tree: the layers of an image, and with --whatrequires everything that is built on it.

import { shortId } from '../../../base/ids.ts'
import { humanSize } from '../../../base/size.ts'
import type { ImageTree, TreeLayer } from '../../../engine/image/tree.ts'
import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'
import { drawTree, type TreeNode } from '../../render/tree.ts'

export default defineCommand({
  options: {
    whatrequires: { type: 'boolean', describe: 'Show all child images and layers of the specified image' },
  },
  positionals: [{ name: 'image', complete: 'image' }],
  examples: ['gantry image tree busybox', 'gantry image tree --whatrequires debian:12'],
  async run(open, { options, args }) {
    const engine = await open()
    const { tree } = await import('../../../engine/image/tree.ts')
    const found = await tree(engine, args[0] as string, { areChildrenShown: options.whatrequires })
    printLine(drawTree({ text: heading(found), children: found.layers.flatMap((layer) => nodesOf(layer)) }))
    return 0
  },
})

function heading({ id, names, sizeBytes, layers }: ImageTree): string {
  return [
    `Image ID: ${shortId(id)}`,
    `Tags:     [${names.join(' ')}]`,
    `Size:     ${humanSize(sizeBytes)}`,
    layers.length > 0 ? 'Image Layers' : 'No Image Layers',
  ].join('\n')
}

/** podman's shape: an only child stands beside its parent, several go one step deeper. */
function nodesOf(layer: TreeLayer): TreeNode[] {
  const { children } = layer
  const [only] = children
  if (only === undefined) return [{ text: lineOf(layer), children: [] }]
  if (children.length === 1) return [{ text: lineOf(layer), children: [] }, ...nodesOf(only)]
  const branches = children.map((child) => {
    const [top, ...rest] = nodesOf(child)
    return { text: top?.text ?? '', children: [...(top?.children ?? []), ...rest] }
  })
  return [{ text: lineOf(layer), children: [] }, ...branches]
}

function lineOf({ id, sizeBytes, topOf }: TreeLayer): string {
  const tags = topOf.length === 0 ? '' : ` Top Layer of: [${topOf.join(' ')}]`
  return `ID: ${shortId(id)} Size: ${humanSize(sizeBytes).padStart(7)}${tags}`
}
