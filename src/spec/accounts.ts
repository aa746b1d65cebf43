// Users and groups that a container's /etc/passwd and /etc/group are to know besides the image's own.

export interface AccountFacet {
  /** --passwd=false: the two files stay as they are. */
  readonly areLeftAlone?: boolean
  /** --passwd-entry, with $USERNAME, $UID, $GID, $NAME and $HOME, instead of the usual line. */
  readonly userLine?: string
  /** --group-entry, with $GROUPNAME, $GID and $USERLIST. */
  readonly groupLine?: string
  /** --hostuser: users of the host, by name or number. */
  readonly hostUsers?: readonly string[]
}

export interface NewUser {
  readonly name: string
  readonly uid: string
  readonly gid: string
  readonly comment: string
  readonly home: string
}

export function userLine(user: NewUser, template = '$USERNAME:*:$UID:$GID:$NAME:$HOME:/bin/sh'): string {
  const words = { USERNAME: user.name, UID: user.uid, GID: user.gid, NAME: user.comment, HOME: user.home }
  return fill(template, words)
}

export interface NewGroup {
  readonly name: string
  readonly gid: string
  readonly members: string
}

export function groupLine(group: NewGroup, template = '$GROUPNAME:x:$GID:$USERLIST'): string {
  return fill(template, { GROUPNAME: group.name, GID: group.gid, USERLIST: group.members })
}

function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template.replace(/\$([A-Z]+)/g, (text, name: string) => words[name] ?? text)
}
