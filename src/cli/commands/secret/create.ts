// secret create: from a file, standard input or a variable; the id is printed.

import { readFileSync } from 'node:fs'
import { errnoOf, invalid } from '../../../base/errors.ts'
import { isTerminal } from '../../../os/terminal.ts'
import { defineCommand } from '../../command.ts'
import { keyValue } from '../../key-value.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    driver: { type: 'string', short: 'd', describe: 'Where it is kept: file, pass or shell', complete: 'none' },
    'driver-opts': {
      type: 'strings',
      value: 'name=value',
      isCommaSeparated: true,
      describe: 'Specify driver specific options',
    },
    env: { type: 'boolean', describe: 'The second argument names a variable of the environment that holds it' },
    label: { type: 'strings', short: 'l', value: 'name=value', describe: 'Add a label' },
    replace: { type: 'boolean', describe: 'Replace a secret of that name' },
  },
  positionals: [
    { name: 'name', complete: 'none' },
    { name: 'file', complete: 'file' },
  ],
  description: 'At rest it is encrypted with a key of yours that does not lie beside it.',
  examples: [
    'gantry secret create db-password ./password',
    'printf %s "$PASSWORD" | gantry secret create db-password -',
    'gantry secret create --env --replace db-password PASSWORD',
  ],
  async run(open, { options, args: [name = '', source = ''] }) {
    const data = options.env ? fromVariable(source) : fromFile(source)
    const labels = Object.fromEntries(options.label.map((text) => keyValue(text, 'unable to process labels: ')))
    const driverOptions = options['driver-opts'].map((text) => keyValue(text, 'unable to process driver options: '))
    const [engine, { createSecret }] = await Promise.all([open(), import('../../../engine/secret/create.ts')])
    const id = await createSecret(engine, {
      name,
      data,
      labels,
      isReplacing: options.replace,
      ...(options.driver === undefined ? {} : { driver: options.driver }),
      ...(driverOptions.length === 0 ? {} : { driverOptions: Object.fromEntries(driverOptions) }),
    })
    printLine(id)
    return 0
  },
})

function fromVariable(name: string): Buffer {
  const value = process.env[name]
  if (value) return Buffer.from(value)
  throw invalid('arguments-invalid', `cannot create store secret data: environment variable ${name} is not set`)
}

function fromFile(path: string): Buffer {
  if (path === '-' || path === '/dev/stdin') {
    if (isTerminal(0)) throw invalid('arguments-invalid', 'if `-` is used, data must be passed into stdin')
    return readFileSync(0)
  }
  try {
    return readFileSync(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    throw invalid('file-missing', `open ${path}: no such file or directory`)
  }
}
