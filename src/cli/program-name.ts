// What the user calls us: bin/gantry linked as `podman`, and bin/docker, speak of themselves by that name in help and messages. An alias is
// not seen.

const variable = '_GANTRY_NAME'
const names = ['podman', 'docker'] as const

export const programName = names.find((name) => name === process.env[variable]) ?? 'gantry'

// Nothing that we start is to take over our name.
delete process.env[variable]

/** `text` with the commands in it as the user would type them. */
export function asCalled(text: string): string {
  return programName === 'gantry' ? text : text.replace(/\bgantry (?=[a-z[-])/g, `${programName} `)
}
