// Objects with optional members: under exactOptionalPropertyTypes an absent member is not one that is undefined.

type Required<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> }

/** The members that are not undefined. */
export function defined<T extends object>(members: T): Required<T> & Optional<T> {
  const present = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present) as Required<T> & Optional<T>
}
