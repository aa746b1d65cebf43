// Trees of lines, drawn with the box characters that podman uses.

export interface TreeNode {
  readonly text: string
  readonly children: readonly TreeNode[]
}

/** Ends with a newline; `text` may have several lines. */
export function drawTree(node: TreeNode): string {
  return `${node.text}\n${drawChildren(node.children, '')}`
}

function drawChildren(children: readonly TreeNode[], indent: string): string {
  return children
    .map((child, at) => {
      const isLast = at === children.length - 1
      const below = `${indent}${isLast ? '    ' : '│   '}`
      return `${indent}${isLast ? '└── ' : '├── '}${child.text}\n${drawChildren(child.children, below)}`
    })
    .join('')
}
