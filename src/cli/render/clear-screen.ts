import { isTerminal } from '../../os/terminal.ts'
import { print } from './print.ts'

/** The next table takes the place of the last one: on a terminal only, for whoever reads a pipe or a file wants no codes in it. */
export function clearScreen(): void {
  if (isTerminal(1)) print('\x1b[2J\x1b[1;1H')
}
