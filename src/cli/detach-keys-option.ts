// --detach-keys, for whatever can be attached to.

export const detachKeysOption = {
  type: 'string',
  describe:
    'Override the key sequence for detaching: a single character, or a comma separated sequence of ctrl-<value>, where <value> is one of a-z @ ^ [ \\ ] _ ; empty for none',
  value: 'keys',
} as const
