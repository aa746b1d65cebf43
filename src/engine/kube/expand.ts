// `$(NAME)` in commands, arguments and values: Kubernetes' way, in which `$$` is a dollar sign and an unknown name stays as it is.

export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole: string, name: string | undefined) => {
    if (name === undefined) return '$'
    return variables.get(name) ?? whole
  })
}
