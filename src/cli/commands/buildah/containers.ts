// buildah containers: the working containers.

import { invalid } from '../../../base/errors.ts'
import type { StoredContainer } from '../../../engine/container/stored-container.ts'
import { defineCommand } from '../../command.ts'
import { printJson, printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    all: { type: 'boolean', short: 'a', describe: 'Also list containers that are no working containers' },
    filter: { type: 'strings', short: 'f', value: 'filter', describe: 'id=, name= or ancestor=', complete: 'none' },
    format: {
      type: 'string',
      describe: 'Print with a Go template',
      fields: 'ContainerID Builder ImageID ImageName ContainerName',
    },
    json: { type: 'boolean', describe: 'Print as JSON' },
    noheading: { type: 'boolean', short: 'n', describe: 'Do not print column headings' },
    notruncate: { type: 'boolean', describe: 'Print whole ids' },
    quiet: { type: 'boolean', short: 'q', describe: 'Print ids only' },
  },
  examples: ['gantry buildah containers', 'gantry buildah containers --format "{{.ContainerID}} {{.ContainerName}}"'],
  async run(open, { options }) {
    const { format = '', json, quiet } = options
    if (quiet && format !== '') throw invalid('flags-conflict', 'quiet and format are mutually exclusive')
    const engine = await open()
    const [{ allContainers }, { isFromScratch }, { isWorking }] = await Promise.all([
      import('../../../engine/container/select.ts'),
      import('../../../engine/working/working-container.ts'),
      import('../../../engine/working/is-working.ts'),
    ])
    const matches = options.filter.map(matcher)
    const rows = allContainers(engine.at)
      .filter((container) => options.all || isWorking(container))
      .reverse()
      .map((container) => rowOf(container, { isBuilder: isWorking(container), isScratch: isFromScratch(container) }))
      .filter((row) => matches.every((match) => match(row)))
    if (json) printJson(rows.map(toJson))
    else if (format !== '') await printFormatted(format, rows)
    else printTable(rows, { isQuiet: quiet, isHeaded: !options.noheading && !quiet, isWhole: options.notruncate })
    return 0
  },
})

interface Row {
  readonly ContainerID: string
  readonly Builder: string
  readonly ImageID: string
  readonly ImageName: string
  readonly ContainerName: string
}

function rowOf(
  { id, name, stored }: StoredContainer,
  { isBuilder, isScratch }: { isBuilder: boolean; isScratch: boolean },
): Row {
  return {
    ContainerID: id,
    Builder: isBuilder ? '   *' : '',
    ImageID: isScratch ? '' : (stored.image?.id ?? ''),
    ImageName: isScratch ? 'scratch' : (stored.image?.name ?? ''),
    ContainerName: name,
  }
}

function matcher(text: string): (row: Row) => boolean {
  const [key = '', ...rest] = text.split('=')
  const value = rest.join('=')
  switch (key) {
    case 'id':
      return ({ ContainerID }) => ContainerID.startsWith(value)
    case 'name':
      return ({ ContainerName }) => ContainerName.includes(value)
    case 'ancestor':
      return ({ ImageID, ImageName }) => ImageName.includes(value) || (value !== '' && ImageID.startsWith(value))
    default:
      throw invalid('filter-invalid', `invalid filter ${JSON.stringify(text)}: it is id=, name= or ancestor=`)
  }
}

function toJson({ ContainerID, Builder, ImageID, ImageName, ContainerName }: Row) {
  return {
    id: ContainerID,
    builder: Builder !== '',
    imageid: ImageID,
    imagename: ImageName,
    containername: ContainerName,
  }
}

async function printFormatted(format: string, rows: readonly Row[]): Promise<void> {
  const { printTemplate } = await import('../../render/template.ts')
  for (const row of rows) printTemplate(format, row)
}

interface TableLook {
  readonly isQuiet: boolean
  readonly isHeaded: boolean
  readonly isWhole: boolean
}

/** buildah's columns. */
function printTable(rows: readonly Row[], { isQuiet, isHeaded, isWhole }: TableLook): void {
  const width = isWhole ? 64 : 12
  const line = (cells: readonly string[]) => {
    const [id = '', builder = '', image = '', imageName = '', name = ''] = cells
    return `${id.padEnd(width)}  ${builder.padEnd(7)}  ${image.padEnd(width)} ${imageName.padEnd(32)} ${name}`
  }
  if (isHeaded) printLine(line(['CONTAINER ID', 'BUILDER', 'IMAGE ID', 'IMAGE NAME', 'CONTAINER NAME']))
  for (const { ContainerID, Builder, ImageID, ImageName, ContainerName } of rows) {
    if (isQuiet) printLine(ContainerID)
    else printLine(line([ContainerID.slice(0, width), Builder, ImageID.slice(0, width), ImageName, ContainerName]))
  }
}
