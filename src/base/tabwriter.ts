// Go's text/tabwriter: cells end with a tab; a column is as wide as the widest cell of the neighbouring lines that have it.

export interface TabLayout {
  readonly minWidth: number
  readonly padding: number
}

/** What podman's tables are written with. */
const podmanTabs: TabLayout = { minWidth: 12, padding: 2 }

/** The last cell of a line belongs to no column. */
export function alignTabs(text: string, layout: TabLayout = podmanTabs): string {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const widths = lines.map(() => [] as number[])
  measure({ lines, widths, layout }, { from: 0, to: lines.length, column: 0 })
  return lines.map((cells, row) => aligned(cells, widths[row] ?? [])).join('\n')
}

interface Table {
  readonly lines: readonly (readonly string[])[]
  /** Of each line's columns. */
  readonly widths: readonly number[][]
  readonly layout: TabLayout
}

interface Block {
  readonly from: number
  readonly to: number
  readonly column: number
}

function measure(table: Table, { from, to, column }: Block): void {
  const hasCell = (row: number) => row < to && column < (table.lines[row]?.length ?? 0) - 1
  for (let row = from; row < to; row++) {
    if (!hasCell(row)) continue
    const start = row
    while (hasCell(row)) row++
    const cells = table.lines.slice(start, row).map((line) => line[column] ?? '')
    const width = Math.max(table.layout.minWidth, ...cells.map((cell) => lengthOf(cell) + table.layout.padding))
    for (const widths of table.widths.slice(start, row)) widths[column] = width
    measure(table, { from: start, to: row, column: column + 1 })
  }
}

function aligned(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => {
    const width = widths[column]
    return width === undefined ? cell : cell + ' '.repeat(width - lengthOf(cell))
  })
  return padded.join('')
}

function lengthOf(text: string): number {
  return Array.from(text).length
}
