// info: the host, the store, registries, plugins and versions.

import { defineCommand } from '../../command.ts'
import { versionFacts } from '../../product.ts'
import { print, printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    debug: {
      type: 'boolean',
      short: 'D',
      describe: 'Accepted for compatibility: all there is is shown',
      isHidden: true,
    },
    format: {
      type: 'string',
      short: 'f',
      describe: 'Change the output format to JSON or a Go template',
      fields:
        'Host.Arch Host.CPUs Host.CPUUtilization Host.Distribution Host.Hostname Host.Kernel Host.Linkmode ' +
        'Host.OS Host.Uptime Host.Variant Host.MemFree Host.MemTotal Host.SwapFree Host.SwapTotal ' +
        'Host.BuildahVersion Host.CgroupManager Host.CgroupsVersion Host.CgroupControllers Host.Conmon ' +
        'Host.DatabaseBackend Host.EventLogger Host.IDMappings Host.LogDriver Host.NetworkBackend ' +
        'Host.NetworkBackendInfo Host.OCIRuntime Host.RemoteSocket Host.RootlessNetworkCmd ' +
        'Host.ServiceIsRemote Host.Security Host.Slirp4NetNS Host.Pasta Store.ConfigFile Store.ContainerStore ' +
        'Store.GraphDriverName Store.GraphOptions Store.GraphRoot Store.GraphRootAllocated ' +
        'Store.GraphRootUsed Store.GraphStatus Store.ImageCopyTmpDir Store.ImageStore Store.RunRoot ' +
        'Store.VolumePath Store.TransientStore Registries Plugins.Volume Plugins.Network Plugins.Log ' +
        'Plugins.Authorization Version.APIVersion Version.Version Version.GoVersion Version.NodeVersion ' +
        'Version.GitCommit Version.BuiltTime Version.Built Version.OsArch Version.Os',
    },
  },
  examples: ['gantry info', 'gantry info --format json', "gantry info --format '{{.Store.GraphRoot}}'"],
  async run(open, { options }) {
    const { format } = options
    const version = versionFacts()
    const [{ info }, { isJsonFormat, printTemplate }] = await Promise.all([
      import('../../../engine/system/info.ts'),
      import('../../render/template.ts'),
    ])
    const report = { ...(await info(await open(), version.Version)), version }
    if (format === undefined) {
      const { printYaml } = await import('../../render/yaml.ts')
      print(printYaml(report))
    } else if (isJsonFormat(format)) printLine(JSON.stringify(report, undefined, 2))
    else {
      const { infoFields } = await import('../../render/info-fields.ts')
      printTemplate(format, infoFields(report), { name: 'info' })
    }
    return 0
  },
})
