// Names of the Container Device Interface: `vendor/class=name`.

const word = '[A-Za-z0-9](?:[\\w.-]*[A-Za-z0-9])?'
const kind = new RegExp(`^[A-Za-z](?:[\\w.-]*[A-Za-z0-9])?/${word}$`)
const device = /^[A-Za-z0-9](?:[\w.:-]*[A-Za-z0-9])?$/

/** No path of a device is. */
export function isCdiName(text: string): boolean {
  const [first = '', second = ''] = text.split(/=(.*)/s)
  return isCdiKind(first) && isCdiDevice(second)
}

export function isCdiKind(text: string): boolean {
  return kind.test(text)
}

export function isCdiDevice(text: string): boolean {
  return device.test(text)
}
