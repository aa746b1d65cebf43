// What `inspect` and `container inspect` have in common; the fields are a container's.

import { defineOptions } from './command.ts'

export const inspectOptions = defineOptions({
  format: {
    type: 'string',
    short: 'f',
    default: 'json',
    value: 'format',
    describe: 'Format the output to a Go template or json',
    fields:
      'Id Created Path Args State Image ImageDigest ImageName Rootfs Pod ResolvConfPath HostnamePath ' +
      'HostsPath StaticDir OCIRuntime ConmonPidFile PidFile Name RestartCount Driver MountLabel ' +
      'ProcessLabel AppArmorProfile EffectiveCaps BoundingCaps ExecIDs GraphDriver Mounts Dependencies ' +
      'NetworkSettings Namespace IsInfra Config HostConfig',
  },
  latest: { type: 'boolean', short: 'l', describe: 'Act on the latest container Gantry is aware of' },
  size: { type: 'boolean', short: 's', describe: 'Display total file size' },
})
