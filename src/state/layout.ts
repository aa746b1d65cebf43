// Every path of the state directory. Nothing else in Gantry joins a path below $ROOT or $RUN.

import { join } from 'node:path'
import { type Digest, digestAlgorithm, digestHex, digestOf } from '../base/digest.ts'

/** $ROOT survives a boot; $RUN does not. Both are 0700. */
export interface Layout {
  readonly root: string
  readonly run: string
  /** Where volumes lie, unless below $ROOT. */
  readonly volumes?: string
}

export type ClaimKind = 'container' | 'pod' | 'volume' | 'network'

export const paths = {
  /** Schema number as decimal text, and our marker: `system reset` touches only a folder that has it. */
  version: (at: Layout) => join(at.root, 'version'),
  blobStore: (at: Layout) => join(at.root, 'blobs'),
  blobs: (at: Layout, algorithm: string) => join(at.root, 'blobs', algorithm),
  blob: (at: Layout, digest: Digest) => join(at.root, 'blobs', digestAlgorithm(digest), digestHex(digest)),
  /** Half-arrived blobs, `<hex>.part`, kept for resuming; locked by `<hex>.lock` while somebody writes. */
  blobStaging: (at: Layout) => join(at.root, 'staging'),
  blobPart: (at: Layout, digest: Digest) => join(at.root, 'staging', `${digestHex(digest)}.part`),
  blobPartLock: (at: Layout, digest: Digest) => join(at.root, 'staging', `${digestHex(digest)}.lock`),
  /** What pulls and loads under way must not lose, a file each, locked while its maker lives. Below $RUN: makers do not survive a boot. */
  pins: (at: Layout) => join(at.run, 'pins'),
  pin: (at: Layout, id: string) => join(at.run, 'pins', id),
  /** A file of our own beside the blobs: spooled stdin, a decompressed archive. */
  stagedFile: (at: Layout, id: string) => join(at.root, 'staging', `${id}.tmp`),
  /** `$ROOT` is an OCI image layout: these two make its blobs readable for other tools. */
  ociLayout: (at: Layout) => join(at.root, 'oci-layout'),
  ociIndex: (at: Layout) => join(at.root, 'index.json'),
  images: (at: Layout) => join(at.root, 'images'),
  image: (at: Layout, id: string) => join(at.root, 'images', `${id}.json`),
  manifestLists: (at: Layout) => join(at.root, 'manifests'),
  manifestList: (at: Layout, id: string) => join(at.root, 'manifests', `${id}.json`),
  /** One file per tag, named after the reference; what it is called stands in it. */
  imageNames: (at: Layout) => join(at.root, 'names', 'image'),
  imageName: (at: Layout, reference: string) => join(at.root, 'names', 'image', `${fileNameOf(reference)}.json`),
  imageMounts: (at: Layout) => join(at.root, 'image-mounts'),
  /** An image that is, or was, mounted for the host's use: engine/image/mount.ts. */
  imageMount: (at: Layout, id: string) => join(at.root, 'image-mounts', id),
  layers: (at: Layout) => join(at.root, 'layers'),
  /** Holds `diff/` (the tree) and `layer.json`. Built as `<hex>.<random>.tmp` and renamed in. */
  layer: (at: Layout, chainId: Digest) => join(at.root, 'layers', digestHex(chainId)),
  /** What plain layers became when they were packed for a registry; named after diff ids. Only a memory. */
  packings: (at: Layout) => join(at.root, 'packings'),
  packing: (at: Layout, diffId: Digest) => join(at.root, 'packings', `${digestHex(diffId)}.json`),
  /** Which repositories have which blobs. Only a memory. */
  blobPlaces: (at: Layout) => join(at.root, 'blob-places'),
  /** Short links to `../layers/<hex>/diff`: the overlay option string is limited to a page. */
  layerLinks: (at: Layout) => join(at.root, 'l'),
  containers: (at: Layout) => join(at.root, 'containers'),
  /** Asked for by the hundred: joined by hand. */
  container: (at: Layout, id: string) => `${at.root}/containers/${id}`,
  /** Of a container that is, or was, checkpointed. */
  criu: (at: Layout, id: string) => `${at.root}/containers/${id}/${containerFiles.root.criu}`,
  checkpoint: (at: Layout, id: string) => join(paths.criu(at, id), checkpointFiles.images),
  /** The next state.json of a container, written under its lock: here, where one listing shows what a kill left. */
  containerDraft: (at: Layout, id: string) => join(at.root, 'containers', `${id}.state.tmp`),
  /** Made by builds for the next ones: engine/build/README.md. */
  buildCache: (at: Layout) => join(at.root, 'build-cache'),
  buildSteps: (at: Layout) => join(at.root, 'build-cache', 'steps'),
  /** What the steps' records refer to, remembered. */
  buildLayers: (at: Layout) => join(at.root, 'build-cache', 'layers.json'),
  buildStep: (at: Layout, key: string) => join(at.root, 'build-cache', 'steps', `${key}.json`),
  /** Digests of a context's files by what stat(2) says of them. */
  buildDigests: (at: Layout, key: string) => join(at.root, 'build-cache', 'digests', `${key}.json`),
  /** Folders of `RUN --mount=type=cache`. */
  buildMounts: (at: Layout) => join(at.root, 'build-cache', 'mounts'),
  buildMount: (at: Layout, key: string) => join(at.root, 'build-cache', 'mounts', key),
  pods: (at: Layout) => join(at.root, 'pods'),
  pod: (at: Layout, id: string) => join(at.root, 'pods', id),
  /** What is renamed out of the way and then deleted. */
  trash: (at: Layout) => join(at.root, 'trash'),
  claims: (at: Layout, kind: ClaimKind) => join(at.root, 'names', kind),
  claim: (at: Layout, kind: ClaimKind, name: string) => join(at.root, 'names', kind, name),
  volumes: (at: Layout) => at.volumes ?? join(at.root, 'volumes'),
  volume: (at: Layout, name: string) => join(paths.volumes(at), name),
  /** A volume that is being made, or removed; `name` is no volume's. */
  volumeInPassing: (at: Layout, random: string) => join(paths.volumes(at), `.${random}.tmp`),
  runVolumes: (at: Layout) => join(at.run, 'volumes'),
  /** Holds an empty file for each user of a volume that is mounted: see volume/holders.ts. */
  runVolume: (at: Layout, name: string) => join(at.run, 'volumes', name),
  secrets: (at: Layout) => join(at.root, 'secrets'),
  secret: (at: Layout, id: string) => join(at.root, 'secrets', `${id}.json`),
  /** The next record of a secret, written under the lock of all. */
  secretDraft: (at: Layout) => join(at.root, 'secrets', 'draft.tmp'),
  /** The last record of a secret that is being replaced. */
  secretGrave: (at: Layout) => join(at.root, 'secrets', 'grave.tmp'),
  secretsLock: (at: Layout) => join(at.root, 'locks', 'secrets'),
  events: (at: Layout) => join(at.root, 'events'),
  eventsFile: (at: Layout) => join(at.root, 'events', 'events.log'),
  /** Lock files of what has no folder of its own: `claims`, `images`, `layer-<hex>`. */
  locks: (at: Layout) => join(at.root, 'locks'),
  /** Guards what images refer to: see transport/README.md. */
  imagesLock: (at: Layout) => join(at.root, 'locks', 'images'),
  networks: (at: Layout) => join(at.root, 'networks'),
  network: (at: Layout, name: string) => join(at.root, 'networks', `${name}.json`),
  /** Held to make a network: two must not get one subnet. */
  networksLock: (at: Layout) => join(at.root, 'locks', 'networks'),
  networkLock: (at: Layout, name: string) => join(at.root, 'locks', `network-${name}`),
  /** What a network has while it is up: its leases, a link an address. */
  runNetworks: (at: Layout) => join(at.run, 'networks'),
  leases: (at: Layout, network: string) => join(at.run, 'networks', network, 'leases'),
  lastLease: (at: Layout, network: string) => join(at.run, 'networks', network, 'last'),
  /** Pinned network namespaces, by container. */
  networkNamespaces: (at: Layout) => join(at.run, 'netns'),
  networkNamespace: (at: Layout, id: string) => join(at.run, 'netns', `netns-${id}`),
  /** Of a container whose user namespace was made with its network's. */
  userNamespace: (at: Layout, id: string) => join(at.run, 'netns', `userns-${id}`),
  /** aardvark-dns's folder: its pid file, and a file a network. */
  names: (at: Layout) => join(at.run, 'dns'),
  namesLock: (at: Layout) => join(at.run, 'dns.lock'),
  /** Of an ordinary user: the namespace in which bridges lie, and its uplink. */
  rootlessNetwork: (at: Layout) => join(at.run, 'rootless-network'),
  rootlessNetworkLock: (at: Layout) => join(at.run, 'rootless-network.lock'),
  /** Holds the id of the boot whose containers have been started: engine/boot. */
  bootMark: (at: Layout) => join(at.run, 'boot'),
  /** Held by who starts them. */
  bootLock: (at: Layout) => join(at.run, 'boot.lock'),
  /** Root file systems that are mounted though their container does not run: engine/container/hand-mounts.ts. */
  runMounts: (at: Layout) => join(at.run, 'mounts'),
  /** How often `mount` was called for the container, more often than `unmount`. */
  handMount: (at: Layout, id: string) => join(at.run, 'mounts', id),
  /** There while a command has mounted it for itself, under the container's lock. */
  passingMount: (at: Layout, id: string) => join(at.run, 'mounts', `${id}.passing`),
  runContainers: (at: Layout) => join(at.run, 'containers'),
  runContainer: (at: Layout, id: string) => `${at.run}/containers/${id}`,
  /** There once the user was told of lingering: engine/container/linger-hint.ts. */
  lingerHint: (at: Layout) => join(at.run, 'linger-hinted'),
  runtimeStates: (at: Layout) => join(at.run, 'runtime'),
  /** The OCI runtime's own state (`runc --root`). */
  runtimeState: (at: Layout, runtime: string) => join(at.run, 'runtime', runtime),
} as const

/** Files of one pod, in pods/<id>/. */
export const podFiles = { record: 'pod.json', lock: 'lock' } as const

/** Files of one container. `root` names lie in containers/<id>/, `run` names in $RUN/containers/<id>/. */
export const containerFiles = {
  root: {
    spec: 'spec.json',
    state: 'state.json',
    lock: 'lock',
    /** The ids that a container with --userns auto has: nobody else's while the file is there. */
    ids: 'ids.json',
    upper: 'upper',
    work: 'work',
    merged: 'merged',
    log: 'ctr.log',
    /** Small files mounted into the container: hosts, hostname, resolv.conf. */
    files: 'files',
    /** What it writes over mounts with option `O`. */
    overlays: 'overlays',
    /** Its secrets as they were when it was made, sealed. */
    secrets: 'secrets.json',
    /** What its health checks found: engine/container/health-record.ts. Its successor is written under the container's lock. */
    health: 'health.json',
    healthDraft: 'health.json.tmp',
    /** Of a working container: the image that it is to become, engine/working. */
    working: 'working.json',
    /** What a checkpoint consists of: see checkpointFiles. */
    criu: 'criu',
    /** Such a folder on its way in. */
    arriving: 'criu-arriving',
  },
  run: {
    bundle: 'bundle',
    monitorLock: 'monitor.lock',
    attachSocket: 'attach',
    /** Written by the monitor when the process runs: see runtime/README.md. */
    started: 'started.json',
    /** Written by the monitor when the process has ended. */
    exit: 'exit.json',
    pid: 'pid',
    /** The monitor's, where systemd is to find its service's main process. */
    monitorPid: 'monitor.pid',
    exec: 'exec',
    /** What the last start set up of networks: network/container-network.ts. */
    network: 'network.json',
    /** Mount point of the /dev/shm that is shared with another container. */
    shm: 'shm',
    /** Mount points of the parts of volumes that are mounted by themselves. */
    subPaths: 'subpaths',
    /** Mount points of sources with option `idmap`. */
    idMapped: 'idmapped',
    /** A tmpfs with the secrets that are mounted into the container. */
    secrets: 'secrets',
    /** Copies of what mounts.conf names. */
    hostSecrets: 'hostsecrets',
    /** The container has poststop hooks. */
    lastHooks: 'last-hooks',
    /** With the socket by which the container says that it is ready; mounted into it. */
    notify: 'notify',
    /** There since it has said so: the monitor's. */
    ready: 'ready',
    /** Milliseconds from one health check to the next, for the monitor; absent or 0 for none. */
    health: 'health',
    /** Held while a health check runs: they wait for each other. */
    probeLock: 'probe.lock',
    /** Of the health check that runs. */
    probe: 'probe',
    /** Of lifecycle hooks that run. */
    hooks: 'hooks',
  },
} as const

/** Names in containers/<id>/criu/, and in an exported checkpoint: podman's. */
export const checkpointFiles = {
  /** criu's images; complete once `inventory` is there. */
  images: 'checkpoint',
  inventory: 'inventory.img',
  /** Memory alone, dumped ahead. */
  previous: 'pre-checkpoint',
  dumpLog: 'dump.log',
  restoreLog: 'restore.log',
  dumpStatistics: 'stats-dump',
  restoreStatistics: 'stats-restore',
  /** The addresses that the container had. */
  network: 'network.status',
  /** Of an exported one: what the container changed, and a tar a volume. */
  rootfs: 'rootfs-diff.tar',
  volumes: 'volumes',
} as const

/** Files of one volume, in volumes/<name>/. */
export const volumeFiles = {
  record: 'volume.json',
  /** The next volume.json, written under the lock. */
  draft: 'volume.json.tmp',
  lock: 'lock',
  /** What containers see; where the volume has a device, that is mounted here. */
  data: '_data',
  /** The image's content on its way into `data`. */
  arriving: '_arriving',
} as const

/** A file name is limited to 255 bytes; a reference is not. */
function fileNameOf(reference: string): string {
  const encoded = encodeURIComponent(reference)
  return encoded.length <= 200 ? encoded : digestHex(digestOf(reference))
}
