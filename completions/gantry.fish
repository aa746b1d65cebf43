# Completion of gantry for fish, made by `npm run generate` from the command table: not to be edited.
# For an alias as well: complete -c podman -w gantry

# Sets in the caller's scope: at (the command's words), count (arguments so far) and globals (which state is meant).
function __gantry_read --no-scope-shadowing
    set at ''
    set count 0
    set globals
    set -l gantry_words (commandline -opc)[2..]
    set -l gantry_skip ''
    for word in $gantry_words
        if test -n "$gantry_skip"
            string match -qr '^--(root|runroot|storage-driver)$' -- $gantry_skip; and set -a globals $gantry_skip=$word
            set gantry_skip ''
        else if string match -qr '^--(root|runroot|storage-driver)=' -- $word
            set -a globals $word
        else if string match -q -- '-*=*' $word
        else if string match -q -- '-*' $word
            contains -- $word (__gantry_valued $at); and set gantry_skip $word
        else if __gantry_is_group $at
            set at (string trim -- "$at $word")
        else
            set count (math $count + 1)
        end
    end
end

# Whether the command line is at one of these commands, and before the arguments that are another program's.
function __gantry_at
    set -l at
    set -l count
    set -l globals
    __gantry_read
    contains -- "$at" $argv; or return 1
    set -l kinds (__gantry_positionals $at)
    not contains rest $kinds; or test $count -eq 0
end

# Whether the next argument is of this kind.
function __gantry_wants
    set -l at
    set -l count
    set -l globals
    __gantry_read
    set -l kinds (__gantry_positionals $at)
    test (count $kinds) -gt 0; or return 1
    if test $count -ge (count $kinds)
        contains -- $kinds[-1] rest; and test $argv[1] = rest; and return 0
        return 1
    end
    if test $kinds[-1] = more; and test $count -ge (math (count $kinds) - 1)
        test $kinds[-2] = $argv[1]
    else
        test $kinds[(math $count + 1)] = $argv[1]
    end
end

# Lists with the very program that is typed, or with gantry where that is an alias.
function __gantry_ask
    set -l at
    set -l count
    set -l globals
    __gantry_read
    set -l program (string replace -r '^~' $HOME -- (commandline -opc)[1])
    type -fq -- $program; or set program gantry
    command $program $globals $argv 2>/dev/null
end

function __gantry_containers
    __gantry_ask ps --all --format '{{.Names}}\t{{.Image}}'
end

function __gantry_running_containers
    __gantry_ask ps --format '{{.Names}}\t{{.Image}}'
end

function __gantry_networks
    __gantry_ask network ls --format '{{.Name}}'
end

function __gantry_volumes
    __gantry_ask volume ls --format '{{.Name}}'
end

function __gantry_pods
    __gantry_ask pod ps --format '{{.Name}}'
end

function __gantry_secrets
    __gantry_ask secret ls --format '{{.Name}}'
end

function __gantry_images
    __gantry_ask images --format '{{.Repository}}:{{.Tag}}' | string match -v '*<none>*'
end

function __gantry_is_group
    contains -- "$argv" '' 'boot' 'buildah' 'builder' 'buildx' 'container' 'generate' 'healthcheck' 'image' 'image trust' 'kube' 'manifest' 'network' 'play' 'pod' 'secret' 'system' 'volume' 'system connection'
end

function __gantry_valued
    switch "$argv"
        case ''
            string split ' ' -- '--cgroup-manager --config --conmon --connection -c --events-backend --hooks-dir --identity --imagestore --lock-timeout --log-level --module --network-cmd-path --network-config-dir --out --root --runroot --runtime --runtime-flag --ssh --storage-driver --storage-opt --tmpdir --url --volumepath'
        case 'attach' 'container attach'
            string split ' ' -- '--detach-keys'
        case 'auto-update'
            string split ' ' -- '--authfile --format'
        case 'build' 'buildah build' 'builder build' 'buildx build' 'image build' 'buildah bud' 'buildah build-using-dockerfile'
            string split ' ' -- '--add-host --annotation --arch --authfile --build-arg --build-arg-file --build-context --cache-from --cache-to --cache-ttl --cap-add --cap-drop --cert-dir --cgroup-parent --cgroupns --cpp-flag --cpu-period --cpu-quota --cpu-shares -c --cpuset-cpus --cpuset-mems --creds --decryption-key --device --dns --dns-option --dns-search --env --file -f --format --from --group-add --hooks-dir --ignorefile --iidfile --ipc --isolation --jobs --label --layer-label --logfile --manifest --memory -m --memory-swap --metadata-file --network --os --os-feature --os-version --output -o --pid --platform --progress --retry --retry-delay --runtime-flag --secret --security-opt --shm-size --source-date-epoch --ssh --tag -t --target --timestamp --ulimit --unsetenv --unsetlabel --userns --userns-gid-map --userns-gid-map-group --userns-uid-map --userns-uid-map-user --uts --variant --volume -v'
        case 'buildah add'
            string split ' ' -- '--checksum --chmod --chown --contextdir --exclude --from --ignorefile'
        case 'buildah commit'
            string split ' ' -- '--format -f --iidfile --timestamp'
        case 'buildah config'
            string split ' ' -- '--annotation -a --arch --author --cmd --comment --created-by --entrypoint --env -e --healthcheck --healthcheck-interval --healthcheck-retries --healthcheck-start-interval --healthcheck-start-period --healthcheck-timeout --history-comment --label -l --onbuild --os --os-feature --os-version --port -p --shell --stop-signal --unsetannotation --unsetlabel --user -u --variant --volume -v --workingdir'
        case 'buildah containers' 'buildah list' 'buildah ls' 'buildah ps'
            string split ' ' -- '--filter -f --format'
        case 'buildah copy'
            string split ' ' -- '--chmod --chown --contextdir --exclude --from --ignorefile'
        case 'buildah from'
            string split ' ' -- '--arch --authfile --cert-dir --cidfile --creds --decryption-key --format --name --os --platform --retry --retry-delay --variant'
        case 'buildah inspect'
            string split ' ' -- '--format -f --type -t'
        case 'buildah run'
            string split ' ' -- '--add-host --cap-add --cap-drop --cgroup-parent --cgroupns --cpu-period --cpu-quota --cpu-shares -c --cpuset-cpus --cpuset-mems --device --dns --dns-option --dns-search --env -e --group-add --ipc --isolation --memory -m --memory-swap --network --pid --security-opt --shm-size --ulimit --user -u --userns --userns-gid-map --userns-gid-map-group --userns-uid-map --userns-uid-map-user --uts --volume -v --workingdir'
        case 'builder prune' 'buildx prune'
            string split ' ' -- '--filter'
        case 'commit' 'container commit'
            string split ' ' -- '--author -a --change -c --config --format -f --iidfile --message -m'
        case 'completion'
            string split ' ' -- '--file -f'
        case 'container checkpoint'
            string split ' ' -- '--compress -c --create-image --export -e'
        case 'container cleanup'
            string split ' ' -- '--exec'
        case 'container clone'
            string split ' ' -- '--blkio-weight --blkio-weight-device --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpu-shares -c --cpus --cpuset-cpus --cpuset-mems --device-read-bps --device-read-iops --device-write-bps --device-write-iops --memory -m --memory-reservation --memory-swap --memory-swappiness --name --pids-limit'
        case 'container inspect'
            string split ' ' -- '--format -f'
        case 'container prune'
            string split ' ' -- '--filter'
        case 'container restore'
            string split ' ' -- '--import -i --import-previous --name -n --publish -p'
        case 'container runlabel'
            string split ' ' -- '--authfile --cert-dir --creds --name -n --retry --retry-delay'
        case 'copy'
            string split ' ' -- '--additional-tag --authfile --command-timeout --decryption-key --dest-authfile --dest-cert-dir --dest-compress-format --dest-compress-level --dest-creds --dest-daemon-host --dest-password --dest-registry-token --dest-shared-blob-dir --dest-username --digestfile --encrypt-layer --encryption-key --format -f --image-parallel-copies --multi-arch --override-arch --override-os --override-variant --policy --registries.d --retry-delay --retry-times --sign-by --sign-by-sigstore --sign-by-sigstore-private-key --sign-identity --sign-passphrase-file --src-authfile --src-cert-dir --src-creds --src-daemon-host --src-password --src-registry-token --src-shared-blob-dir --src-username'
        case 'create' 'container create'
            string split ' ' -- '--add-host --annotation --arch --attach -a --authfile --blkio-weight --blkio-weight-device --cap-add --cap-drop --cgroup-conf --cgroup-parent --cgroupns --cgroups --chrootdirs --cidfile --conmon-pidfile --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpu-shares -c --cpus --cpuset-cpus --cpuset-mems --decryption-key --device --device-cgroup-rule --device-read-bps --device-read-iops --device-write-bps --device-write-iops --dns --dns-option --dns-search --entrypoint --env -e --env-file --env-merge --expose --gidmap --gpus --group-add --group-entry --health-cmd --health-interval --health-log-destination --health-max-log-count --health-max-log-size --health-on-failure --health-retries --health-start-period --health-startup-cmd --health-startup-interval --health-startup-retries --health-startup-success --health-startup-timeout --health-timeout --hostname -h --hosts-file --hostuser --image-volume --init-ctr --init-path --ip --ip6 --ipc --label -l --label-file --log-driver --log-opt --mac-address --memory -m --memory-reservation --memory-swap --memory-swappiness --mount --name --network --network-alias --oom-score-adj --os --passwd-entry --personality --pid --pidfile --pids-limit --platform --pod --pod-id-file --publish -p --pull --rdt-class --requires --restart --retry --retry-delay --sdnotify --seccomp-policy --secret --security-opt --shm-size --shm-size-systemd --stop-signal --stop-timeout --subgidname --subuidname --sysctl --systemd --timeout --tmpfs --tz --uidmap --ulimit --umask --unsetenv --user -u --userns --uts --variant --volume -v --volumes-from --workdir -w'
        case 'delete'
            string split ' ' -- '--authfile --cert-dir --command-timeout --creds --password --policy --registries.d --registry-token --retry-delay --retry-times --username'
        case 'diff' 'container diff'
            string split ' ' -- '--format'
        case 'events' 'system events'
            string split ' ' -- '--filter -f --format --since --until'
        case 'exec' 'container exec'
            string split ' ' -- '--detach-keys --env -e --env-file --preserve-fd --preserve-fds --user -u --workdir -w'
        case 'export' 'container export'
            string split ' ' -- '--output -o'
        case 'generate kube' 'kube generate'
            string split ' ' -- '--filename -f --replicas -r --type -t'
        case 'generate systemd'
            string split ' ' -- '--after --container-prefix --env -e --format --pod-prefix --requires --restart-policy --restart-sec --separator --start-timeout --stop-timeout --wants'
        case 'generate-sigstore-key'
            string split ' ' -- '--output-prefix --passphrase-file'
        case 'history' 'image history'
            string split ' ' -- '--format'
        case 'image diff'
            string split ' ' -- '--format'
        case 'image inspect'
            string split ' ' -- '--format -f'
        case 'image mount'
            string split ' ' -- '--format'
        case 'image prune'
            string split ' ' -- '--filter'
        case 'image sign'
            string split ' ' -- '--authfile --cert-dir --directory -d --sign-by'
        case 'image trust set'
            string split ' ' -- '--pubkeysfile -f --type -t'
        case 'images' 'buildah images' 'image list' 'image ls'
            string split ' ' -- '--filter -f --format --sort'
        case 'import' 'image import'
            string split ' ' -- '--arch --change -c --message -m --os --variant'
        case 'info' 'buildah info' 'system info'
            string split ' ' -- '--format -f'
        case 'inspect'
            string split ' ' -- '--authfile --cert-dir --command-timeout --creds --daemon-host --format -f --manifest-digest --override-arch --override-os --override-variant --password --policy --registries.d --registry-token --retry-delay --retry-times --shared-blob-dir --type -t --username'
        case 'kill' 'container kill'
            string split ' ' -- '--cidfile --signal -s'
        case 'kube apply'
            string split ' ' -- '--ca-cert-file --file -f --kubeconfig -k --ns'
        case 'kube play' 'play kube'
            string split ' ' -- '--annotation --authfile --cert-dir --configmap --context-dir --creds --ip --log-driver --log-opt --mac-address --network --publish --retry --retry-delay --seccomp-profile-root --userns'
        case 'list-tags'
            string split ' ' -- '--authfile --cert-dir --command-timeout --creds --password --policy --registries.d --registry-token --retry-delay --retry-times --username'
        case 'load' 'image load'
            string split ' ' -- '--input -i'
        case 'login' 'buildah login'
            string split ' ' -- '--authfile --cert-dir --compat-auth-file --password -p --secret --username -u'
        case 'logout' 'buildah logout'
            string split ' ' -- '--authfile --compat-auth-file'
        case 'logs' 'container logs'
            string split ' ' -- '--since --tail --until'
        case 'manifest add'
            string split ' ' -- '--annotation --arch --artifact-config --artifact-config-type --artifact-layer-type --artifact-subject --artifact-type --authfile --cert-dir --creds --features --os --os-version --variant'
        case 'manifest annotate'
            string split ' ' -- '--annotation --arch --features --os --os-features --os-version --subject --variant'
        case 'manifest create'
            string split ' ' -- '--annotation'
        case 'manifest inspect'
            string split ' ' -- '--authfile'
        case 'manifest push'
            string split ' ' -- '--add-compression --authfile --cert-dir --compression-format --compression-level --creds --digestfile --format -f --sign-by --sign-by-sigstore --sign-by-sigstore-private-key --sign-passphrase-file'
        case 'mount' 'container mount'
            string split ' ' -- '--format'
        case 'network connect'
            string split ' ' -- '--alias --ip --ip6 --mac-address'
        case 'network create'
            string split ' ' -- '--dns --driver -d --gateway --interface-name --ip-range --ipam-driver --label --opt -o --route --subnet'
        case 'network inspect'
            string split ' ' -- '--format -f'
        case 'network list' 'network ls'
            string split ' ' -- '--filter -f --format'
        case 'network prune'
            string split ' ' -- '--filter'
        case 'network rm' 'network remove'
            string split ' ' -- '--time -t'
        case 'network update'
            string split ' ' -- '--dns-add --dns-drop'
        case 'pause' 'container pause'
            string split ' ' -- '--cidfile --filter -f'
        case 'pod clone'
            string split ' ' -- '--blkio-weight --blkio-weight-device --cgroup-parent --cpu-shares -c --cpus --cpuset-cpus --cpuset-mems --device --device-read-bps --device-write-bps --gidmap --gpus --hostname -h --infra-command --infra-conmon-pidfile --infra-name --label -l --label-file --memory -m --memory-swap --name -n --pid --restart --security-opt --shm-size --shm-size-systemd --subgidname --subuidname --sysctl --uidmap --userns --uts --volume -v --volumes-from'
        case 'pod create'
            string split ' ' -- '--add-host --blkio-weight --blkio-weight-device --cgroup-parent --cpu-shares -c --cpus --cpuset-cpus --cpuset-mems --device --device-read-bps --device-write-bps --dns --dns-option --dns-search --exit-policy --gidmap --gpus --hostname -h --hosts-file --infra-command --infra-conmon-pidfile --infra-image --infra-name --ip --ip6 --label -l --label-file --mac-address --memory -m --memory-swap --name -n --network --network-alias --pid --pod-id-file --publish -p --restart --security-opt --share --shm-size --shm-size-systemd --subgidname --subuidname --sysctl --uidmap --userns --uts --volume -v --volumes-from'
        case 'pod inspect'
            string split ' ' -- '--format -f'
        case 'pod kill'
            string split ' ' -- '--signal -s'
        case 'pod logs'
            string split ' ' -- '--container -c --since --tail --until'
        case 'pod ps' 'pod list' 'pod ls'
            string split ' ' -- '--filter -f --format --sort'
        case 'pod rm'
            string split ' ' -- '--pod-id-file --time -t'
        case 'pod start'
            string split ' ' -- '--pod-id-file'
        case 'pod stats'
            string split ' ' -- '--format'
        case 'pod stop'
            string split ' ' -- '--pod-id-file --time -t'
        case 'ps' 'container ps' 'container list' 'container ls'
            string split ' ' -- '--filter -f --format --last -n --sort --watch -w'
        case 'pull' 'buildah pull' 'image pull'
            string split ' ' -- '--arch --authfile --cert-dir --creds --decryption-key --os --platform --retry --retry-delay --variant'
        case 'push' 'buildah push' 'image push'
            string split ' ' -- '--authfile --cert-dir --compression-format --compression-level --creds --digestfile --encrypt-layer --encryption-key --format -f --retry --retry-delay --sign-by --sign-by-sigstore --sign-by-sigstore-private-key --sign-passphrase-file'
        case 'restart' 'container restart'
            string split ' ' -- '--cidfile --filter -f --time -t'
        case 'rm' 'container rm'
            string split ' ' -- '--cidfile --filter --time -t'
        case 'run' 'container run'
            string split ' ' -- '--add-host --annotation --arch --attach -a --authfile --blkio-weight --blkio-weight-device --cap-add --cap-drop --cgroup-conf --cgroup-parent --cgroupns --cgroups --chrootdirs --cidfile --conmon-pidfile --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpu-shares -c --cpus --cpuset-cpus --cpuset-mems --decryption-key --detach-keys --device --device-cgroup-rule --device-read-bps --device-read-iops --device-write-bps --device-write-iops --dns --dns-option --dns-search --entrypoint --env -e --env-file --env-merge --expose --gidmap --gpus --group-add --group-entry --health-cmd --health-interval --health-log-destination --health-max-log-count --health-max-log-size --health-on-failure --health-retries --health-start-period --health-startup-cmd --health-startup-interval --health-startup-retries --health-startup-success --health-startup-timeout --health-timeout --hostname -h --hosts-file --hostuser --image-volume --init-ctr --init-path --ip --ip6 --ipc --label -l --label-file --log-driver --log-opt --mac-address --memory -m --memory-reservation --memory-swap --memory-swappiness --mount --name --network --network-alias --oom-score-adj --os --passwd-entry --personality --pid --pidfile --pids-limit --platform --pod --pod-id-file --preserve-fd --preserve-fds --publish -p --pull --rdt-class --requires --restart --retry --retry-delay --sdnotify --seccomp-policy --secret --security-opt --shm-size --shm-size-systemd --stop-signal --stop-timeout --subgidname --subuidname --sysctl --systemd --timeout --tmpfs --tz --uidmap --ulimit --umask --unsetenv --user -u --userns --uts --variant --volume -v --volumes-from --workdir -w'
        case 'save' 'image save'
            string split ' ' -- '--format --output -o'
        case 'search' 'image search'
            string split ' ' -- '--authfile --cert-dir --creds --filter -f --format --limit'
        case 'secret create'
            string split ' ' -- '--driver -d --driver-opts --label -l'
        case 'secret inspect'
            string split ' ' -- '--format -f'
        case 'secret ls' 'secret list'
            string split ' ' -- '--filter -f --format'
        case 'standalone-sign'
            string split ' ' -- '--output -o --passphrase-file'
        case 'standalone-verify'
            string split ' ' -- '--public-key-file'
        case 'start' 'container start'
            string split ' ' -- '--detach-keys --filter -f'
        case 'stats' 'container stats'
            string split ' ' -- '--format --interval -i'
        case 'stop' 'container stop'
            string split ' ' -- '--cidfile --filter -f --time -t'
        case 'sync'
            string split ' ' -- '--append-suffix --authfile --command-timeout --dest -d --dest-authfile --dest-cert-dir --dest-creds --dest-password --dest-registry-token --dest-username --digestfile --format -f --override-arch --override-os --override-variant --policy --registries.d --retry-delay --retry-times --sign-by --sign-by-sigstore --sign-by-sigstore-private-key --sign-passphrase-file --src -s --src-authfile --src-cert-dir --src-creds --src-password --src-registry-token --src-username'
        case 'system check'
            string split ' ' -- '--max -m'
        case 'system connection list' 'system connection ls'
            string split ' ' -- '--format -f'
        case 'system df'
            string split ' ' -- '--format'
        case 'system locks'
            string split ' ' -- '--format'
        case 'system prune'
            string split ' ' -- '--filter'
        case 'unpause' 'container unpause'
            string split ' ' -- '--cidfile --filter -f'
        case 'update' 'container update'
            string split ' ' -- '--blkio-weight --blkio-weight-device --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpu-shares -c --cpus --cpuset-cpus --cpuset-mems --device-read-bps --device-read-iops --device-write-bps --device-write-iops --env -e --health-cmd --health-interval --health-log-destination --health-max-log-count --health-max-log-size --health-on-failure --health-retries --health-start-period --health-startup-cmd --health-startup-interval --health-startup-retries --health-startup-success --health-startup-timeout --health-timeout --memory -m --memory-reservation --memory-swap --memory-swappiness --pids-limit --restart --unsetenv'
        case 'version' 'buildah version'
            string split ' ' -- '--format -f'
        case 'volume create'
            string split ' ' -- '--driver -d --label -l --opt -o'
        case 'volume export'
            string split ' ' -- '--output -o'
        case 'volume inspect'
            string split ' ' -- '--format -f'
        case 'volume ls' 'volume list'
            string split ' ' -- '--filter -f --format'
        case 'volume prune'
            string split ' ' -- '--filter'
        case 'volume rm' 'volume remove'
            string split ' ' -- '--time -t'
        case 'wait' 'container wait'
            string split ' ' -- '--condition --interval -i'
    end
    string split ' ' -- '--cgroup-manager --conmon --events-backend --hooks-dir --imagestore --lock-timeout --log-level --network-cmd-path --network-config-dir --root --runroot --runtime --runtime-flag --storage-driver --storage-opt --tmpdir --volumepath --db-backend --registries-conf --max-workers --network-backend --namespace --cpu-profile --memory-profile --default-mounts-file --pull-option'
end

function __gantry_positionals
    switch "$argv"
        case 'attach' 'container attach'
            string split ' ' -- 'running-container more'
        case 'build' 'buildah build' 'builder build' 'buildx build' 'image build' 'buildah bud' 'buildah build-using-dockerfile'
            string split ' ' -- 'folder'
        case 'buildah add'
            string split ' ' -- 'container none more'
        case 'buildah commit'
            string split ' ' -- 'container image'
        case 'buildah config'
            string split ' ' -- 'container'
        case 'buildah copy'
            string split ' ' -- 'container none more'
        case 'buildah from'
            string split ' ' -- 'image'
        case 'buildah inspect'
            string split ' ' -- 'container'
        case 'buildah mount'
            string split ' ' -- 'container more'
        case 'buildah rm' 'buildah delete'
            string split ' ' -- 'container more'
        case 'buildah run'
            string split ' ' -- 'container rest'
        case 'buildah unmount' 'buildah umount'
            string split ' ' -- 'container more'
        case 'commit' 'container commit'
            string split ' ' -- 'container image'
        case 'completion'
            string split ' ' -- 'none'
        case 'container checkpoint'
            string split ' ' -- 'running-container more'
        case 'container cleanup'
            string split ' ' -- 'container more'
        case 'container clone'
            string split ' ' -- 'container none image'
        case 'container exists'
            string split ' ' -- 'container'
        case 'container inspect'
            string split ' ' -- 'container more'
        case 'container restore'
            string split ' ' -- 'container more'
        case 'container runlabel'
            string split ' ' -- 'none image file more'
        case 'copy'
            string split ' ' -- 'image image'
        case 'cp' 'container cp'
            string split ' ' -- 'file file'
        case 'create' 'container create'
            string split ' ' -- 'image rest'
        case 'delete'
            string split ' ' -- 'none'
        case 'diff' 'container diff'
            string split ' ' -- 'container container'
        case 'doctor'
            string split ' ' -- 'container none'
        case 'exec' 'container exec'
            string split ' ' -- 'running-container rest'
        case 'export' 'container export'
            string split ' ' -- 'container'
        case 'generate kube' 'kube generate'
            string split ' ' -- 'container more'
        case 'generate systemd'
            string split ' ' -- 'container'
        case 'healthcheck run'
            string split ' ' -- 'running-container'
        case 'help'
            string split ' ' -- 'none more'
        case 'history' 'image history'
            string split ' ' -- 'image'
        case 'image diff'
            string split ' ' -- 'image image'
        case 'image exists'
            string split ' ' -- 'image'
        case 'image inspect'
            string split ' ' -- 'image more'
        case 'image mount'
            string split ' ' -- 'image more'
        case 'image scp'
            string split ' ' -- 'image none'
        case 'image sign'
            string split ' ' -- 'image more'
        case 'image tree'
            string split ' ' -- 'image'
        case 'image trust set'
            string split ' ' -- 'none'
        case 'image trust show'
            string split ' ' -- 'none'
        case 'image unmount' 'image umount'
            string split ' ' -- 'image more'
        case 'images' 'buildah images' 'image list' 'image ls'
            string split ' ' -- 'image'
        case 'import' 'image import'
            string split ' ' -- 'file image'
        case 'init' 'container init'
            string split ' ' -- 'container more'
        case 'inspect'
            string split ' ' -- 'container more'
        case 'kill' 'container kill'
            string split ' ' -- 'running-container more'
        case 'kube apply'
            string split ' ' -- 'container more'
        case 'kube down'
            string split ' ' -- 'file'
        case 'kube play' 'play kube'
            string split ' ' -- 'file'
        case 'list-tags'
            string split ' ' -- 'none'
        case 'login' 'buildah login'
            string split ' ' -- 'none'
        case 'logout' 'buildah logout'
            string split ' ' -- 'none'
        case 'logs' 'container logs'
            string split ' ' -- 'container more'
        case 'manifest add'
            string split ' ' -- 'image image more'
        case 'manifest annotate'
            string split ' ' -- 'image image'
        case 'manifest create'
            string split ' ' -- 'image image more'
        case 'manifest exists'
            string split ' ' -- 'image'
        case 'manifest inspect'
            string split ' ' -- 'image'
        case 'manifest push'
            string split ' ' -- 'image none'
        case 'manifest remove'
            string split ' ' -- 'image none'
        case 'manifest rm'
            string split ' ' -- 'image more'
        case 'manifest-digest'
            string split ' ' -- 'file'
        case 'mount' 'container mount'
            string split ' ' -- 'container more'
        case 'network connect'
            string split ' ' -- 'network container'
        case 'network create'
            string split ' ' -- 'none'
        case 'network disconnect'
            string split ' ' -- 'network container'
        case 'network exists'
            string split ' ' -- 'network'
        case 'network inspect'
            string split ' ' -- 'network more'
        case 'network reload'
            string split ' ' -- 'running-container more'
        case 'network rm' 'network remove'
            string split ' ' -- 'network more'
        case 'network update'
            string split ' ' -- 'network'
        case 'pause' 'container pause'
            string split ' ' -- 'running-container more'
        case 'pod clone'
            string split ' ' -- 'pod none'
        case 'pod create'
            string split ' ' -- 'none'
        case 'pod exists'
            string split ' ' -- 'pod'
        case 'pod inspect'
            string split ' ' -- 'pod more'
        case 'pod kill'
            string split ' ' -- 'pod more'
        case 'pod logs'
            string split ' ' -- 'pod'
        case 'pod pause'
            string split ' ' -- 'pod more'
        case 'pod restart'
            string split ' ' -- 'pod more'
        case 'pod rm'
            string split ' ' -- 'pod more'
        case 'pod start'
            string split ' ' -- 'pod more'
        case 'pod stats'
            string split ' ' -- 'pod more'
        case 'pod stop'
            string split ' ' -- 'pod more'
        case 'pod top'
            string split ' ' -- 'pod rest'
        case 'pod unpause'
            string split ' ' -- 'pod more'
        case 'port' 'container port'
            string split ' ' -- 'running-container none'
        case 'pull' 'buildah pull' 'image pull'
            string split ' ' -- 'image more'
        case 'push' 'buildah push' 'image push'
            string split ' ' -- 'image none'
        case 'quadlet'
            string split ' ' -- 'folder none none'
        case 'rename' 'buildah rename' 'container rename'
            string split ' ' -- 'container none'
        case 'restart' 'container restart'
            string split ' ' -- 'container more'
        case 'rm' 'container rm'
            string split ' ' -- 'container more'
        case 'rmi' 'buildah rmi' 'image rm' 'image remove'
            string split ' ' -- 'image more'
        case 'run' 'container run'
            string split ' ' -- 'image rest'
        case 'save' 'image save'
            string split ' ' -- 'image more'
        case 'search' 'image search'
            string split ' ' -- 'none'
        case 'secret create'
            string split ' ' -- 'none file'
        case 'secret exists'
            string split ' ' -- 'secret'
        case 'secret inspect'
            string split ' ' -- 'secret more'
        case 'secret rm'
            string split ' ' -- 'secret more'
        case 'standalone-sign'
            string split ' ' -- 'file none none'
        case 'standalone-verify'
            string split ' ' -- 'file none none file'
        case 'start' 'container start'
            string split ' ' -- 'container more'
        case 'stats' 'container stats'
            string split ' ' -- 'running-container more'
        case 'stop' 'container stop'
            string split ' ' -- 'running-container more'
        case 'sync'
            string split ' ' -- 'file folder'
        case 'tag' 'buildah tag' 'image tag'
            string split ' ' -- 'image image more'
        case 'top' 'container top'
            string split ' ' -- 'running-container rest'
        case 'unmount' 'container unmount' 'container umount' 'umount'
            string split ' ' -- 'container more'
        case 'unpause' 'container unpause'
            string split ' ' -- 'running-container more'
        case 'unshare' 'buildah unshare'
            string split ' ' -- 'rest'
        case 'untag' 'buildah untag' 'image untag'
            string split ' ' -- 'image image more'
        case 'update' 'container update'
            string split ' ' -- 'container'
        case 'volume create'
            string split ' ' -- 'none'
        case 'volume exists'
            string split ' ' -- 'volume'
        case 'volume export'
            string split ' ' -- 'volume'
        case 'volume import'
            string split ' ' -- 'volume file'
        case 'volume inspect'
            string split ' ' -- 'volume more'
        case 'volume mount'
            string split ' ' -- 'volume'
        case 'volume rm' 'volume remove'
            string split ' ' -- 'volume more'
        case 'volume unmount'
            string split ' ' -- 'volume'
        case 'wait' 'container wait'
            string split ' ' -- 'container more'
    end
end

complete -c gantry -f

complete -c gantry -n '__gantry_wants container' -xa '(__gantry_containers)'

complete -c gantry -n '__gantry_wants running-container' -xa '(__gantry_running_containers)'

complete -c gantry -n '__gantry_wants image' -xa '(__gantry_images)'

complete -c gantry -n '__gantry_wants volume' -xa '(__gantry_volumes)'

complete -c gantry -n '__gantry_wants pod' -xa '(__gantry_pods)'

complete -c gantry -n '__gantry_wants secret' -xa '(__gantry_secrets)'

complete -c gantry -n '__gantry_wants network' -xa '(__gantry_networks)'

complete -c gantry -n '__gantry_wants folder' -xa '(__fish_complete_directories)'

complete -c gantry -n '__gantry_wants file' -F

complete -c gantry -n '__gantry_wants rest' -F

complete -c gantry -n '__gantry_at ""' -xa attach -d 'Attach to a running container'
complete -c gantry -n '__gantry_at ""' -xa auto-update -d 'Auto update containers according to their auto-update policy'
complete -c gantry -n '__gantry_at ""' -xa boot -d 'Start containers after a boot'
complete -c gantry -n '__gantry_at ""' -xa build -d 'Build an image using instructions from Containerfiles'
complete -c gantry -n '__gantry_at ""' -xa buildah -d 'Make images step by step, with buildah’s verbs'
complete -c gantry -n '__gantry_at ""' -xa builder -d 'Build images, and manage what builds keep'
complete -c gantry -n '__gantry_at ""' -xa buildx -d 'Build images, and manage what builds keep'
complete -c gantry -n '__gantry_at ""' -xa commit -d 'Create new image based on the changed container'
complete -c gantry -n '__gantry_at ""' -xa completion -d 'Print a completion script for a shell'
complete -c gantry -n '__gantry_at ""' -xa container -d 'Manage containers'
complete -c gantry -n '__gantry_at ""' -xa copy -d 'Copy an image from one place to another'
complete -c gantry -n '__gantry_at ""' -xa cp -d 'Copy files and folders between a container and the host'
complete -c gantry -n '__gantry_at ""' -xa create -d 'Create but do not start a container'
complete -c gantry -n '__gantry_at ""' -xa delete -d 'Delete an image from a registry'
complete -c gantry -n '__gantry_at ""' -xa diff -d 'Inspect changes to the root file system of a container'
complete -c gantry -n '__gantry_at ""' -xa doctor -d 'Say what is wrong with the host, a container or a path in it, and what helps'
complete -c gantry -n '__gantry_at ""' -xa events -d 'Show Gantry system events'
complete -c gantry -n '__gantry_at ""' -xa exec -d 'Run a process in a running container'
complete -c gantry -n '__gantry_at ""' -xa export -d 'Export the root file system of a container as a tar archive'
complete -c gantry -n '__gantry_at ""' -xa generate -d 'Generate structured data based on containers, pods or volumes'
complete -c gantry -n '__gantry_at ""' -xa generate-sigstore-key -d 'Generate a sigstore public/private key pair'
complete -c gantry -n '__gantry_at ""' -xa healthcheck -d 'Manage health checks on containers'
complete -c gantry -n '__gantry_at ""' -xa help -d 'Help about any command'
complete -c gantry -n '__gantry_at ""' -xa history -d 'Show history of a specified image'
complete -c gantry -n '__gantry_at ""' -xa image -d 'Manage images'
complete -c gantry -n '__gantry_at ""' -xa images -d 'List images in local storage'
complete -c gantry -n '__gantry_at ""' -xa import -d 'Import a tarball to create a filesystem image'
complete -c gantry -n '__gantry_at ""' -xa info -d 'Display Gantry system information'
complete -c gantry -n '__gantry_at ""' -xa init -d 'Initialize one or more containers'
complete -c gantry -n '__gantry_at ""' -xa inspect -d 'Display the configuration of object denoted by ID'
complete -c gantry -n '__gantry_at ""' -xa kill -d 'Kill one or more running containers with a specific signal'
complete -c gantry -n '__gantry_at ""' -xa kube -d 'Play containers, pods or volumes from a structured file'
complete -c gantry -n '__gantry_at ""' -xa list-tags -d 'List the tags of a repository'
complete -c gantry -n '__gantry_at ""' -xa load -d 'Load image(s) from a tar archive'
complete -c gantry -n '__gantry_at ""' -xa login -d 'Log in to a container registry'
complete -c gantry -n '__gantry_at ""' -xa logout -d 'Log out of a container registry'
complete -c gantry -n '__gantry_at ""' -xa logs -d 'Fetch the logs of one or more containers'
complete -c gantry -n '__gantry_at ""' -xa manifest -d 'Manipulate manifest lists and image indexes'
complete -c gantry -n '__gantry_at ""' -xa manifest-digest -d 'Print the digest of a manifest file'
complete -c gantry -n '__gantry_at ""' -xa mount -d 'Mount the root file system of a container'
complete -c gantry -n '__gantry_at ""' -xa network -d 'Manage networks'
complete -c gantry -n '__gantry_at ""' -xa pause -d 'Pause all the processes in one or more containers'
complete -c gantry -n '__gantry_at ""' -xa play -d 'Play containers, pods or volumes from a structured file'
complete -c gantry -n '__gantry_at ""' -xa pod -d 'Manage pods'
complete -c gantry -n '__gantry_at ""' -xa port -d 'List port mappings or a specific mapping for the container'
complete -c gantry -n '__gantry_at ""' -xa ps -d 'List containers'
complete -c gantry -n '__gantry_at ""' -xa pull -d 'Pull an image from a registry'
complete -c gantry -n '__gantry_at ""' -xa push -d 'Push an image to a registry'
complete -c gantry -n '__gantry_at ""' -xa quadlet -d 'Make systemd services of quadlet files'
complete -c gantry -n '__gantry_at ""' -xa rename -d 'Rename an existing container'
complete -c gantry -n '__gantry_at ""' -xa restart -d 'Restart one or more containers'
complete -c gantry -n '__gantry_at ""' -xa rm -d 'Remove one or more containers'
complete -c gantry -n '__gantry_at ""' -xa rmi -d 'Remove one or more images from local storage'
complete -c gantry -n '__gantry_at ""' -xa run -d 'Run a command in a new container'
complete -c gantry -n '__gantry_at ""' -xa save -d 'Save image(s) to an archive'
complete -c gantry -n '__gantry_at ""' -xa search -d 'Search registry for image'
complete -c gantry -n '__gantry_at ""' -xa secret -d 'Manage secrets'
complete -c gantry -n '__gantry_at ""' -xa standalone-sign -d 'Create a signature using local files'
complete -c gantry -n '__gantry_at ""' -xa standalone-verify -d 'Verify a signature using local files'
complete -c gantry -n '__gantry_at ""' -xa start -d 'Start one or more containers'
complete -c gantry -n '__gantry_at ""' -xa stats -d 'Display a live stream of container resource usage statistics'
complete -c gantry -n '__gantry_at ""' -xa stop -d 'Stop one or more containers'
complete -c gantry -n '__gantry_at ""' -xa sync -d 'Copy many images from one place to another'
complete -c gantry -n '__gantry_at ""' -xa system -d 'Manage Gantry itself'
complete -c gantry -n '__gantry_at ""' -xa tag -d 'Add an additional name to a local image'
complete -c gantry -n '__gantry_at ""' -xa top -d 'Display the running processes of a container'
complete -c gantry -n '__gantry_at ""' -xa unmount -d 'Unmount the root file system of a container'
complete -c gantry -n '__gantry_at ""' -xa unpause -d 'Unpause the processes in one or more containers'
complete -c gantry -n '__gantry_at ""' -xa unshare -d 'Run a command in the user namespace of rootless containers'
complete -c gantry -n '__gantry_at ""' -xa untag -d 'Remove a name from a local image'
complete -c gantry -n '__gantry_at ""' -xa update -d 'Update an existing container'
complete -c gantry -n '__gantry_at ""' -xa version -d 'Show the version'
complete -c gantry -n '__gantry_at ""' -xa volume -d 'Manage volumes'
complete -c gantry -n '__gantry_at ""' -xa wait -d 'Block on one or more containers'

complete -c gantry -n '__gantry_at ""' -l cgroup-manager -d 'Who makes cgroups: "cgroupfs" or "systemd"' -xa 'cgroupfs systemd'
complete -c gantry -n '__gantry_at ""' -l config -d 'Folder of the file config.json with registry credentials' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at ""' -l conmon -d 'Refused: Gantry has a monitor of its own' -rF
complete -c gantry -n '__gantry_at ""' -l connection -s c -d 'Refused: there is no service to connect to' -x
complete -c gantry -n '__gantry_at ""' -l events-backend -d 'Where events go: "file", "journald" or "none"' -xa 'file journald none'
complete -c gantry -n '__gantry_at ""' -l help -s h -d 'Help for gantry'
complete -c gantry -n '__gantry_at ""' -l hooks-dir -d 'Folder of OCI hooks; later ones are stronger' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at ""' -l identity -d 'Refused: there is no service to connect to' -rF
complete -c gantry -n '__gantry_at ""' -l imagestore -d 'Refused: images and containers share one root' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at ""' -l lock-timeout -d 'How long to wait for another command on the same object; 0 waits forever' -x
complete -c gantry -n '__gantry_at ""' -l log-level -d 'Log messages from this level on (trace, debug, info, warn, warning, error, fatal, panic)' -x
complete -c gantry -n '__gantry_at ""' -l module -d 'Load this containers.conf(5) module' -rF
complete -c gantry -n '__gantry_at ""' -l network-cmd-path -d 'Refused: helpers are found on PATH' -rF
complete -c gantry -n '__gantry_at ""' -l network-config-dir -d 'Refused: networks are not made yet' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at ""' -l out -d 'Send standard output to this file' -rF
complete -c gantry -n '__gantry_at ""' -l remote -s r -d 'Refused: there is no service to connect to'
complete -c gantry -n '__gantry_at ""' -l root -d 'Folder that keeps images and containers' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at ""' -l runroot -d 'Folder that keeps what a reboot may lose' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at ""' -l runtime -d 'OCI runtime, by name or path (default "runc")' -rF
complete -c gantry -n '__gantry_at ""' -l runtime-flag -d 'Global flag for the OCI runtime, without its dashes' -x
complete -c gantry -n '__gantry_at ""' -l ssh -d 'Refused: there is no service to connect to' -x
complete -c gantry -n '__gantry_at ""' -l storage-driver -d 'Storage driver: "overlay", "fuse-overlayfs" or "vfs" (default: the first that works)' -x
complete -c gantry -n '__gantry_at ""' -l storage-opt -d 'Option of the storage driver' -x
complete -c gantry -n '__gantry_at ""' -l syslog -d 'Refused: log lines go to standard error'
complete -c gantry -n '__gantry_at ""' -l tmpdir -d 'The same as --runroot, which wins' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at ""' -l transient-store -d 'Refused: containers are always kept in --root'
complete -c gantry -n '__gantry_at ""' -l url -d 'Refused: there is no service to connect to' -x
complete -c gantry -n '__gantry_at ""' -l version -s v -d 'Version of gantry'
complete -c gantry -n '__gantry_at ""' -l volumepath -d 'Folder that keeps named volumes' -xa '(__fish_complete_directories)'

complete -c gantry -n '__gantry_at "boot"' -xa disable -d 'Take away what boot enable wrote'
complete -c gantry -n '__gantry_at "boot"' -xa enable -d 'Let the init system start containers after a boot'
complete -c gantry -n '__gantry_at "boot"' -xa start -d 'Start the containers that are to run after a boot'
complete -c gantry -n '__gantry_at "boot"' -xa status -d 'Show whether containers are started after a boot'

complete -c gantry -n '__gantry_at "boot"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah"' -xa add -d 'Add files to a working container, archives unpacked'
complete -c gantry -n '__gantry_at "buildah"' -xa build -d 'Build an image using instructions from Containerfiles'
complete -c gantry -n '__gantry_at "buildah"' -xa commit -d 'Create an image of a working container'
complete -c gantry -n '__gantry_at "buildah"' -xa config -d 'Configure the image that a working container becomes'
complete -c gantry -n '__gantry_at "buildah"' -xa containers -d 'List working containers'
complete -c gantry -n '__gantry_at "buildah"' -xa copy -d 'Copy files into a working container'
complete -c gantry -n '__gantry_at "buildah"' -xa from -d 'Create a working container of an image'
complete -c gantry -n '__gantry_at "buildah"' -xa images -d 'List images in local storage'
complete -c gantry -n '__gantry_at "buildah"' -xa info -d 'Display Gantry system information'
complete -c gantry -n '__gantry_at "buildah"' -xa inspect -d 'Inspect a working container or an image'
complete -c gantry -n '__gantry_at "buildah"' -xa login -d 'Log in to a container registry'
complete -c gantry -n '__gantry_at "buildah"' -xa logout -d 'Log out of a container registry'
complete -c gantry -n '__gantry_at "buildah"' -xa mount -d 'Mount the root file system of a working container'
complete -c gantry -n '__gantry_at "buildah"' -xa pull -d 'Pull an image from a registry'
complete -c gantry -n '__gantry_at "buildah"' -xa push -d 'Push an image to a registry'
complete -c gantry -n '__gantry_at "buildah"' -xa rename -d 'Rename a working container'
complete -c gantry -n '__gantry_at "buildah"' -xa rm -d 'Remove one or more working containers'
complete -c gantry -n '__gantry_at "buildah"' -xa rmi -d 'Remove one or more images from local storage'
complete -c gantry -n '__gantry_at "buildah"' -xa run -d 'Run a command in a working container'
complete -c gantry -n '__gantry_at "buildah"' -xa tag -d 'Add an additional name to a local image'
complete -c gantry -n '__gantry_at "buildah"' -xa unmount -d 'Unmount the root file system of a working container'
complete -c gantry -n '__gantry_at "buildah"' -xa unshare -d 'Run a command in a modified user namespace'
complete -c gantry -n '__gantry_at "buildah"' -xa untag -d 'Remove a name from a locally-stored image'
complete -c gantry -n '__gantry_at "buildah"' -xa version -d 'Display the Gantry version information'

complete -c gantry -n '__gantry_at "buildah"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "builder"' -xa build -d 'Build an image using instructions from Containerfiles'
complete -c gantry -n '__gantry_at "builder"' -xa prune -d 'Remove what builds keep for the next ones'

complete -c gantry -n '__gantry_at "builder"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildx"' -xa build -d 'Build an image using instructions from Containerfiles'
complete -c gantry -n '__gantry_at "buildx"' -xa prune -d 'Remove what builds keep for the next ones'
complete -c gantry -n '__gantry_at "buildx"' -xa version -d 'Show the version of the builder'

complete -c gantry -n '__gantry_at "buildx"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "container"' -xa attach -d 'Attach to a running container'
complete -c gantry -n '__gantry_at "container"' -xa checkpoint -d 'Checkpoint one or more containers'
complete -c gantry -n '__gantry_at "container"' -xa cleanup -d 'Clean up network and mountpoints of one or more containers'
complete -c gantry -n '__gantry_at "container"' -xa clone -d 'Clone an existing container'
complete -c gantry -n '__gantry_at "container"' -xa commit -d 'Create new image based on the changed container'
complete -c gantry -n '__gantry_at "container"' -xa cp -d 'Copy files and folders between a container and the host'
complete -c gantry -n '__gantry_at "container"' -xa create -d 'Create but do not start a container'
complete -c gantry -n '__gantry_at "container"' -xa diff -d 'Inspect changes to the root file system of a container'
complete -c gantry -n '__gantry_at "container"' -xa exec -d 'Run a process in a running container'
complete -c gantry -n '__gantry_at "container"' -xa exists -d 'Check if a container exists in local storage'
complete -c gantry -n '__gantry_at "container"' -xa export -d 'Export the root file system of a container as a tar archive'
complete -c gantry -n '__gantry_at "container"' -xa init -d 'Initialize one or more containers'
complete -c gantry -n '__gantry_at "container"' -xa inspect -d 'Display the configuration of a container'
complete -c gantry -n '__gantry_at "container"' -xa kill -d 'Kill one or more running containers with a specific signal'
complete -c gantry -n '__gantry_at "container"' -xa logs -d 'Fetch the logs of one or more containers'
complete -c gantry -n '__gantry_at "container"' -xa mount -d 'Mount the root file system of a container'
complete -c gantry -n '__gantry_at "container"' -xa pause -d 'Pause all the processes in one or more containers'
complete -c gantry -n '__gantry_at "container"' -xa port -d 'List port mappings or a specific mapping for the container'
complete -c gantry -n '__gantry_at "container"' -xa prune -d 'Remove all non running containers'
complete -c gantry -n '__gantry_at "container"' -xa ps -d 'List containers'
complete -c gantry -n '__gantry_at "container"' -xa rename -d 'Rename an existing container'
complete -c gantry -n '__gantry_at "container"' -xa restart -d 'Restart one or more containers'
complete -c gantry -n '__gantry_at "container"' -xa restore -d 'Restore one or more containers from a checkpoint'
complete -c gantry -n '__gantry_at "container"' -xa rm -d 'Remove one or more containers'
complete -c gantry -n '__gantry_at "container"' -xa run -d 'Run a command in a new container'
complete -c gantry -n '__gantry_at "container"' -xa runlabel -d 'Execute the command described by an image label'
complete -c gantry -n '__gantry_at "container"' -xa start -d 'Start one or more containers'
complete -c gantry -n '__gantry_at "container"' -xa stats -d 'Display a live stream of container resource usage statistics'
complete -c gantry -n '__gantry_at "container"' -xa stop -d 'Stop one or more containers'
complete -c gantry -n '__gantry_at "container"' -xa top -d 'Display the running processes of a container'
complete -c gantry -n '__gantry_at "container"' -xa unmount -d 'Unmount the root file system of a container'
complete -c gantry -n '__gantry_at "container"' -xa unpause -d 'Unpause the processes in one or more containers'
complete -c gantry -n '__gantry_at "container"' -xa update -d 'Update an existing container'
complete -c gantry -n '__gantry_at "container"' -xa wait -d 'Block on one or more containers'

complete -c gantry -n '__gantry_at "container"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "generate"' -xa kube -d 'Generate Kubernetes YAML from containers, pods or volumes'
complete -c gantry -n '__gantry_at "generate"' -xa systemd -d '[DEPRECATED] Generate systemd units'

complete -c gantry -n '__gantry_at "generate"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "healthcheck"' -xa run -d 'Run the health check of a container'

complete -c gantry -n '__gantry_at "healthcheck"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image"' -xa build -d 'Build an image using instructions from Containerfiles'
complete -c gantry -n '__gantry_at "image"' -xa diff -d 'Inspect changes to the file systems of an image'
complete -c gantry -n '__gantry_at "image"' -xa exists -d 'Check if an image exists in local storage'
complete -c gantry -n '__gantry_at "image"' -xa history -d 'Show history of a specified image'
complete -c gantry -n '__gantry_at "image"' -xa import -d 'Import a tarball to create a filesystem image'
complete -c gantry -n '__gantry_at "image"' -xa inspect -d 'Display the configuration of an image'
complete -c gantry -n '__gantry_at "image"' -xa list -d 'List images in local storage'
complete -c gantry -n '__gantry_at "image"' -xa load -d 'Load image(s) from a tar archive'
complete -c gantry -n '__gantry_at "image"' -xa mount -d 'Mount the root file system of an image'
complete -c gantry -n '__gantry_at "image"' -xa prune -d 'Remove unused images'
complete -c gantry -n '__gantry_at "image"' -xa pull -d 'Pull an image from a registry'
complete -c gantry -n '__gantry_at "image"' -xa push -d 'Push an image to a registry'
complete -c gantry -n '__gantry_at "image"' -xa rm -d 'Remove one or more images from local storage'
complete -c gantry -n '__gantry_at "image"' -xa save -d 'Save image(s) to an archive'
complete -c gantry -n '__gantry_at "image"' -xa scp -d 'Securely copy an image from one host to another'
complete -c gantry -n '__gantry_at "image"' -xa search -d 'Search registry for image'
complete -c gantry -n '__gantry_at "image"' -xa sign -d 'Sign an image'
complete -c gantry -n '__gantry_at "image"' -xa tag -d 'Add an additional name to a local image'
complete -c gantry -n '__gantry_at "image"' -xa tree -d 'Print layer hierarchy of an image in a tree format'
complete -c gantry -n '__gantry_at "image"' -xa trust -d 'Manage container image trust policy'
complete -c gantry -n '__gantry_at "image"' -xa unmount -d 'Unmount the root file system of an image'
complete -c gantry -n '__gantry_at "image"' -xa untag -d 'Remove a name from a local image'

complete -c gantry -n '__gantry_at "image"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image trust"' -xa set -d 'Set default trust policy or a new trust policy for a registry'
complete -c gantry -n '__gantry_at "image trust"' -xa show -d 'Display trust policy for the system'

complete -c gantry -n '__gantry_at "image trust"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "kube"' -xa apply -d 'Deploy a container, pod, volume, or Kubernetes YAML to a Kubernetes cluster'
complete -c gantry -n '__gantry_at "kube"' -xa down -d 'Remove pods based on Kubernetes YAML'
complete -c gantry -n '__gantry_at "kube"' -xa generate -d 'Generate Kubernetes YAML from containers, pods or volumes'
complete -c gantry -n '__gantry_at "kube"' -xa play -d 'Play a pod or volume based on Kubernetes YAML'

complete -c gantry -n '__gantry_at "kube"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "manifest"' -xa add -d 'Add images or artifacts to a manifest list or image index'
complete -c gantry -n '__gantry_at "manifest"' -xa annotate -d 'Add or update information about an entry in a manifest list or image index'
complete -c gantry -n '__gantry_at "manifest"' -xa create -d 'Create manifest list or image index'
complete -c gantry -n '__gantry_at "manifest"' -xa exists -d 'Check if a manifest list exists in local storage'
complete -c gantry -n '__gantry_at "manifest"' -xa inspect -d 'Display the contents of a manifest list or image index'
complete -c gantry -n '__gantry_at "manifest"' -xa push -d 'Push a manifest list or image index to a registry'
complete -c gantry -n '__gantry_at "manifest"' -xa remove -d 'Remove an item from a manifest list or image index'
complete -c gantry -n '__gantry_at "manifest"' -xa rm -d 'Remove manifest list or image index from local storage'

complete -c gantry -n '__gantry_at "manifest"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network"' -xa connect -d 'Add container to a network'
complete -c gantry -n '__gantry_at "network"' -xa create -d 'Create networks for containers and pods'
complete -c gantry -n '__gantry_at "network"' -xa disconnect -d 'Disconnect a container from a network'
complete -c gantry -n '__gantry_at "network"' -xa exists -d 'Check if network exists'
complete -c gantry -n '__gantry_at "network"' -xa inspect -d 'Inspect network'
complete -c gantry -n '__gantry_at "network"' -xa list -d 'List networks'
complete -c gantry -n '__gantry_at "network"' -xa prune -d 'Prune unused networks'
complete -c gantry -n '__gantry_at "network"' -xa reload -d 'Reload firewall rules for one or more containers'
complete -c gantry -n '__gantry_at "network"' -xa rm -d 'Remove networks'
complete -c gantry -n '__gantry_at "network"' -xa update -d 'Update an existing network'

complete -c gantry -n '__gantry_at "network"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "play"' -xa kube -d 'Play a pod or volume based on Kubernetes YAML'

complete -c gantry -n '__gantry_at "play"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod"' -xa clone -d 'Clone an existing pod'
complete -c gantry -n '__gantry_at "pod"' -xa create -d 'Create a new empty pod'
complete -c gantry -n '__gantry_at "pod"' -xa exists -d 'Check if a pod exists in local storage'
complete -c gantry -n '__gantry_at "pod"' -xa inspect -d 'Display a pod configuration'
complete -c gantry -n '__gantry_at "pod"' -xa kill -d 'Send the specified signal or SIGKILL to containers in pod'
complete -c gantry -n '__gantry_at "pod"' -xa logs -d 'Fetch the logs of the containers of a pod'
complete -c gantry -n '__gantry_at "pod"' -xa pause -d 'Pause one or more pods'
complete -c gantry -n '__gantry_at "pod"' -xa prune -d 'Remove all stopped pods and their containers'
complete -c gantry -n '__gantry_at "pod"' -xa ps -d 'List pods'
complete -c gantry -n '__gantry_at "pod"' -xa restart -d 'Restart one or more pods'
complete -c gantry -n '__gantry_at "pod"' -xa rm -d 'Remove one or more pods'
complete -c gantry -n '__gantry_at "pod"' -xa start -d 'Start one or more pods'
complete -c gantry -n '__gantry_at "pod"' -xa stats -d 'Display a live stream of resource usage statistics for the containers of pods'
complete -c gantry -n '__gantry_at "pod"' -xa stop -d 'Stop one or more pods'
complete -c gantry -n '__gantry_at "pod"' -xa top -d 'Display the running processes of a pod'
complete -c gantry -n '__gantry_at "pod"' -xa unpause -d 'Unpause one or more pods'

complete -c gantry -n '__gantry_at "pod"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "secret"' -xa create -d 'Create a new secret'
complete -c gantry -n '__gantry_at "secret"' -xa exists -d 'Check if a secret exists'
complete -c gantry -n '__gantry_at "secret"' -xa inspect -d 'Inspect a secret'
complete -c gantry -n '__gantry_at "secret"' -xa ls -d 'List secrets'
complete -c gantry -n '__gantry_at "secret"' -xa rm -d 'Remove one or more secrets'

complete -c gantry -n '__gantry_at "secret"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "system"' -xa check -d 'Look for damage in the state directory, and repair it'
complete -c gantry -n '__gantry_at "system"' -xa connection -d 'Destinations of remote services'
complete -c gantry -n '__gantry_at "system"' -xa df -d 'Show disk usage'
complete -c gantry -n '__gantry_at "system"' -xa events -d 'Show Gantry system events'
complete -c gantry -n '__gantry_at "system"' -xa info -d 'Display Gantry system information'
complete -c gantry -n '__gantry_at "system"' -xa locks -d 'Show who holds which lock'
complete -c gantry -n '__gantry_at "system"' -xa migrate -d 'Make the rootless user namespace anew, after a change of /etc/subuid'
complete -c gantry -n '__gantry_at "system"' -xa prune -d 'Remove unused data'
complete -c gantry -n '__gantry_at "system"' -xa reset -d 'Remove all containers, images and the state directory'

complete -c gantry -n '__gantry_at "system"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume"' -xa create -d 'Create a new volume'
complete -c gantry -n '__gantry_at "volume"' -xa exists -d 'Check if a volume exists'
complete -c gantry -n '__gantry_at "volume"' -xa export -d 'Write the content of a volume as a tar'
complete -c gantry -n '__gantry_at "volume"' -xa import -d 'Unpack a tar into a volume'
complete -c gantry -n '__gantry_at "volume"' -xa inspect -d 'Display detailed information on one or more volumes'
complete -c gantry -n '__gantry_at "volume"' -xa ls -d 'List volumes'
complete -c gantry -n '__gantry_at "volume"' -xa mount -d 'Mount a volume and print where'
complete -c gantry -n '__gantry_at "volume"' -xa prune -d 'Remove all unused volumes'
complete -c gantry -n '__gantry_at "volume"' -xa reload -d 'Ask the volume plugins what they have'
complete -c gantry -n '__gantry_at "volume"' -xa rm -d 'Remove one or more volumes'
complete -c gantry -n '__gantry_at "volume"' -xa unmount -d 'Unmount a volume'

complete -c gantry -n '__gantry_at "volume"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "system connection"' -xa list -d 'List destinations of remote services'

complete -c gantry -n '__gantry_at "system connection"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "attach" "container attach"' -l detach-keys -d 'Override the key sequence for detaching: a single character, or a comma separated sequence of ctrl-<value>, where <value> is one of a-z @ ^ [ \\ ] _ ; empty for none' -x
complete -c gantry -n '__gantry_at "attach" "container attach"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "attach" "container attach"' -l no-stdin -d 'Do not attach STDIN'
complete -c gantry -n '__gantry_at "attach" "container attach"' -l sig-proxy -d 'Proxy received signals to the process'
complete -c gantry -n '__gantry_at "attach" "container attach"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "auto-update"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "auto-update"' -l dry-run -d 'Check for pending updates'
complete -c gantry -n '__gantry_at "auto-update"' -l format -d 'Format the output as JSON or by a Go template' -x
complete -c gantry -n '__gantry_at "auto-update"' -l rollback -d 'Go back to the image that it had if the restart fails'
complete -c gantry -n '__gantry_at "auto-update"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "auto-update"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "boot disable"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "boot enable"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "boot start"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "boot status"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l add-host -d 'Add a line to /etc/hosts; host-gateway stands for the host\'s address' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l annotation -d 'Annotation of the image' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l arch -d 'Architecture of the image' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l build-arg -d 'Give an ARG a value' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l build-arg-file -d 'Read values of ARGs from a file' -rF
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l build-context -d 'Another context: a folder, docker-image://IMAGE, or a URL; FROM and --from take it by its name' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cache-from -d 'Take steps that are not in the local cache from this repository, where --cache-to has put them; or type=registry,ref=REPOSITORY, or type=local,src=FOLDER' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cache-to -d 'Push what each step makes to this repository, under its key; or type=registry,ref=REPOSITORY, or type=local,dest=FOLDER' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cache-ttl -d 'Only take what the cache has had for less than this; 0 takes nothing' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cap-add -d 'Add a capability, or ALL' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cap-drop -d 'Drop a capability, or ALL' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cgroup-parent -d 'Make its control group below this one' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cgroupns -d 'Control group namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l check -d 'Look for doubtful things in the Dockerfile, and build nothing'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l compat-volumes -d 'RUN changes nothing in volumes of the image: only ADD and COPY do'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l compress -d 'Does nothing: layers are compressed when they are pushed'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cpp-flag -d 'Flag of cpp, which a Containerfile named *.in goes through' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cpu-period -d 'Period that --cpu-quota is of; 100000 is usual' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cpu-quota -d 'CPU time in each period' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cpu-shares -s c -d 'CPU weight beside others; 1024 is usual' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cpuset-cpus -d 'CPUs to run on: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l cpuset-mems -d 'Memory nodes to use: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l decryption-key -d 'Private key that opens encrypted layers; its passphrase also as file=PATH or fd=N' -rF
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l device -d 'Add a device of the host, or a vendor\'s by its CDI name: vendor/class=name' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l disable-compression -s D -d 'Does nothing: layers are not compressed in the store'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l disable-content-trust -d 'Does nothing: there is no content trust to disable'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l dns -d 'Name server instead of the host\'s; none leaves the image\'s resolv.conf' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l dns-option -d 'Option for resolv.conf' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l dns-search -d 'Search domain for resolv.conf; . for none' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l env -d 'Set a variable in the image' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l file -s f -d 'Containerfile to follow; - is standard input' -rF
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l force-rm -d 'Does nothing: nothing is left of a build that fails'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l format -d 'Format of the image: oci or docker; BUILDAH_FORMAT says otherwise' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l from -d 'Take this image instead of the first FROM’s' -xa '(__gantry_images)'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l group-add -d 'Further group of RUN’s process, by name or number' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l hooks-dir -d 'Folder with OCI hooks for RUN, beside the configured ones' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l http-proxy -d 'Pass our proxy variables to RUN'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l identity-label -d 'Label the image with what built it'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l ignorefile -d 'Read this file instead of .containerignore' -rF
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l iidfile -d 'Write the image id to a file' -rF
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l ipc -d 'IPC namespace: host, none, private, shareable, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l isolation -d 'How RUN is kept apart: oci, as all are; rootless is the same' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l jobs -d 'How many steps run at once; 0 for as many as can' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l label -d 'Label of the image' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l layer-label -d 'Label of intermediate images: there are none, so it does nothing' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l layers -d 'Keep a layer a step, and take them from the cache'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l load -d 'Does nothing: the image is in the local store'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l logfile -d 'Write what the build says to a file' -rF
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l logsplit -d 'With --logfile: a file a platform, the platform at the end of its name'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l manifest -d 'Add the image to a manifest list, which is made if need be' -xa '(__gantry_images)'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l memory -s m -d 'Memory limit: 512m, 2g' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l memory-swap -d 'Memory and swap together; -1 for no limit' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l metadata-file -d 'Write what was built as JSON to a file' -rF
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l network -d 'Network: bridge, none, host, private, NETWORK[:ip=,mac=,alias=,interface_name=], container:NAME, ns:PATH, pasta[:OPTIONS], slirp4netns[:OPTIONS]' -xa '(__gantry_networks)'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l no-cache -d 'Do every step again'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l no-hostname -d 'Leave the image\'s /etc/hostname'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l no-hosts -d 'Leave the image\'s /etc/hosts'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l omit-history -d 'Leave the history out of the image'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l os -d 'Operating system of the image' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l os-feature -d 'Feature of the operating system that the image needs' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l os-version -d 'Version of the operating system that the image needs' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l output -s o -d 'Where the result goes: local, tar, oci, docker or image' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l pid -d 'Process namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l platform -d 'Platforms to build for; several need --manifest' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l progress -d 'How progress is shown: auto, plain, tty, rawjson, quiet' -xa 'auto plain tty rawjson quiet'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l pull -d 'Fetch base images: always, missing, never, newer (a bare --pull is always)'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l quiet -s q -d 'Print the image id alone'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l retry -d 'Number of times to retry in case of failure when performing pull' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l rewrite-timestamp -d 'Files newer than --source-date-epoch become as old'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l rm -d 'Does nothing: nothing but the cache is left of a build'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l runtime-flag -d 'Flag of the OCI runtime, without its dashes' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l secret -d 'A secret for RUN --mount=type=secret' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l security-opt -d 'seccomp=PROFILE|unconfined, apparmor=PROFILE, no-new-privileges, mask=PATHS, unmask=PATHS|ALL, proc-opts=OPTIONS' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l shm-size -d 'Size of /dev/shm' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l skip-unused-stages -d 'Leave stages out that the target does not need'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l source-date-epoch -d 'Date the image and its history; SOURCE_DATE_EPOCH says the same' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l squash -d 'Make one layer of all new ones'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l squash-all -d 'Make one layer of all, the base image’s too'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l ssh -d 'An agent or key for RUN --mount=type=ssh' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l stdin -d 'Pass standard input to RUN'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l tag -s t -d 'Name for the image' -xa '(__gantry_images)'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l target -d 'Build up to this stage' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l timestamp -d 'Date the image, its history and its files' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l ulimit -d 'Resource limit; "host" for ours' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l unsetenv -d 'Leave a variable out of the image' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l unsetlabel -d 'Leave a label out of the image' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l userns -d 'User namespace: host, auto[:size=N], keep-id[:uid=N,gid=N,size=N], nomap, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l userns-gid-map -d 'Group ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l userns-gid-map-group -d 'Whose group ids of /etc/subgid the container gets' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l userns-uid-map -d 'User ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l userns-uid-map-user -d 'Whose user ids of /etc/subuid the container gets' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l uts -d 'Host name namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l variant -d 'Variant of the architecture of the image' -x
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l volume -s v -d 'Mount a volume, or bind a file or folder of the host; options: ro, U, O, idmap, …' -rF
complete -c gantry -n '__gantry_at "build" "buildah build" "builder build" "buildx build" "image build" "buildah bud" "buildah build-using-dockerfile"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah add"' -l add-history -d 'Tell of it in the history of the image'
complete -c gantry -n '__gantry_at "buildah add"' -l checksum -d 'What is fetched must have this digest' -x
complete -c gantry -n '__gantry_at "buildah add"' -l chmod -d 'Mode of what is copied' -x
complete -c gantry -n '__gantry_at "buildah add"' -l chown -d 'Owner of what is copied' -x
complete -c gantry -n '__gantry_at "buildah add"' -l contextdir -d 'Sources are relative to it, and nothing above it is read' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "buildah add"' -l exclude -d 'Leave out what matches' -x
complete -c gantry -n '__gantry_at "buildah add"' -l from -d 'Take the files from an image or a container' -xa '(__gantry_images)'
complete -c gantry -n '__gantry_at "buildah add"' -l ignorefile -d 'Leave out what this file names; with --contextdir' -rF
complete -c gantry -n '__gantry_at "buildah add"' -l parents -d 'Keep the folders that the sources lie in'
complete -c gantry -n '__gantry_at "buildah add"' -l quiet -s q -d 'Do not print the digest of what was copied'
complete -c gantry -n '__gantry_at "buildah add"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah commit"' -l format -s f -d 'Of the image: oci or docker; that of `from` unless given' -x
complete -c gantry -n '__gantry_at "buildah commit"' -l iidfile -d 'Write the image id to a file' -rF
complete -c gantry -n '__gantry_at "buildah commit"' -l omit-history -d 'Leave out the history of the image'
complete -c gantry -n '__gantry_at "buildah commit"' -l quiet -s q -d 'Do not print progress information'
complete -c gantry -n '__gantry_at "buildah commit"' -l rm -d 'Remove the working container afterwards'
complete -c gantry -n '__gantry_at "buildah commit"' -l squash -d 'Make one layer of all'
complete -c gantry -n '__gantry_at "buildah commit"' -l timestamp -d 'Seconds since 1970 that the image says it was made at' -x
complete -c gantry -n '__gantry_at "buildah commit"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah config"' -l add-history -d 'Tell of it in the history of the image'
complete -c gantry -n '__gantry_at "buildah config"' -l annotation -s a -d 'Set an annotation; NAME- removes it, - all' -x
complete -c gantry -n '__gantry_at "buildah config"' -l arch -d 'Architecture of the image' -x
complete -c gantry -n '__gantry_at "buildah config"' -l author -d 'Author of the image' -x
complete -c gantry -n '__gantry_at "buildah config"' -l cmd -d 'Default command of the image' -x
complete -c gantry -n '__gantry_at "buildah config"' -l comment -d 'Comment of the image, in Docker’s format' -x
complete -c gantry -n '__gantry_at "buildah config"' -l created-by -d 'What history says that the image was made by' -x
complete -c gantry -n '__gantry_at "buildah config"' -l entrypoint -d 'Entry point of the image: a JSON array, or a command for a shell' -x
complete -c gantry -n '__gantry_at "buildah config"' -l env -s e -d 'Set a variable; NAME- removes it, - all' -x
complete -c gantry -n '__gantry_at "buildah config"' -l healthcheck -d 'Health check of the image, in Docker’s format' -x
complete -c gantry -n '__gantry_at "buildah config"' -l healthcheck-interval -d 'Time from one check to the next' -x
complete -c gantry -n '__gantry_at "buildah config"' -l healthcheck-retries -d 'How often it must fail' -x
complete -c gantry -n '__gantry_at "buildah config"' -l healthcheck-start-interval -d 'Time between checks while the container starts' -x
complete -c gantry -n '__gantry_at "buildah config"' -l healthcheck-start-period -d 'Time in which failures do not count' -x
complete -c gantry -n '__gantry_at "buildah config"' -l healthcheck-timeout -d 'How long a check may take' -x
complete -c gantry -n '__gantry_at "buildah config"' -l history-comment -d 'Comment in the history of the image' -x
complete -c gantry -n '__gantry_at "buildah config"' -l label -s l -d 'Set a label; NAME- removes it, - all' -x
complete -c gantry -n '__gantry_at "buildah config"' -l onbuild -d 'Instruction for builds on this image, in Docker’s format' -x
complete -c gantry -n '__gantry_at "buildah config"' -l os -d 'Operating system of the image' -x
complete -c gantry -n '__gantry_at "buildah config"' -l os-feature -d 'Feature that the image needs; NAME- removes it, - all' -x
complete -c gantry -n '__gantry_at "buildah config"' -l os-version -d 'Version of the system that the image needs' -x
complete -c gantry -n '__gantry_at "buildah config"' -l port -s p -d 'Port to expose; PORT- removes it, - all' -x
complete -c gantry -n '__gantry_at "buildah config"' -l shell -d 'Shell of the image, in Docker’s format' -x
complete -c gantry -n '__gantry_at "buildah config"' -l stop-signal -d 'Signal that stops a container of the image' -x
complete -c gantry -n '__gantry_at "buildah config"' -l unsetannotation -d 'Remove an annotation' -x
complete -c gantry -n '__gantry_at "buildah config"' -l unsetlabel -d 'Remove a label' -x
complete -c gantry -n '__gantry_at "buildah config"' -l user -s u -d 'User of the image' -x
complete -c gantry -n '__gantry_at "buildah config"' -l variant -d 'Variant of the architecture' -x
complete -c gantry -n '__gantry_at "buildah config"' -l volume -s v -d 'Volume of the image; PATH- removes it, - all' -x
complete -c gantry -n '__gantry_at "buildah config"' -l workingdir -d 'Working folder of the image' -x
complete -c gantry -n '__gantry_at "buildah config"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah containers" "buildah list" "buildah ls" "buildah ps"' -l all -s a -d 'Also list containers that are no working containers'
complete -c gantry -n '__gantry_at "buildah containers" "buildah list" "buildah ls" "buildah ps"' -l filter -s f -d 'id=, name= or ancestor=' -x
complete -c gantry -n '__gantry_at "buildah containers" "buildah list" "buildah ls" "buildah ps"' -l format -d 'Print with a Go template' -x
complete -c gantry -n '__gantry_at "buildah containers" "buildah list" "buildah ls" "buildah ps"' -l json -d 'Print as JSON'
complete -c gantry -n '__gantry_at "buildah containers" "buildah list" "buildah ls" "buildah ps"' -l noheading -s n -d 'Do not print column headings'
complete -c gantry -n '__gantry_at "buildah containers" "buildah list" "buildah ls" "buildah ps"' -l notruncate -d 'Print whole ids'
complete -c gantry -n '__gantry_at "buildah containers" "buildah list" "buildah ls" "buildah ps"' -l quiet -s q -d 'Print ids only'
complete -c gantry -n '__gantry_at "buildah containers" "buildah list" "buildah ls" "buildah ps"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah copy"' -l add-history -d 'Tell of it in the history of the image'
complete -c gantry -n '__gantry_at "buildah copy"' -l chmod -d 'Mode of what is copied' -x
complete -c gantry -n '__gantry_at "buildah copy"' -l chown -d 'Owner of what is copied' -x
complete -c gantry -n '__gantry_at "buildah copy"' -l contextdir -d 'Sources are relative to it, and nothing above it is read' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "buildah copy"' -l exclude -d 'Leave out what matches' -x
complete -c gantry -n '__gantry_at "buildah copy"' -l from -d 'Take the files from an image or a container' -xa '(__gantry_images)'
complete -c gantry -n '__gantry_at "buildah copy"' -l ignorefile -d 'Leave out what this file names; with --contextdir' -rF
complete -c gantry -n '__gantry_at "buildah copy"' -l parents -d 'Keep the folders that the sources lie in'
complete -c gantry -n '__gantry_at "buildah copy"' -l quiet -s q -d 'Do not print the digest of what was copied'
complete -c gantry -n '__gantry_at "buildah copy"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah from"' -l arch -d 'Take the image for this architecture' -x
complete -c gantry -n '__gantry_at "buildah from"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "buildah from"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "buildah from"' -l cidfile -d 'Write the container id to a file' -rF
complete -c gantry -n '__gantry_at "buildah from"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "buildah from"' -l decryption-key -d 'Private key that opens encrypted layers; its passphrase also as file=PATH or fd=N' -rF
complete -c gantry -n '__gantry_at "buildah from"' -l format -d 'Of the image to come: oci or docker' -x
complete -c gantry -n '__gantry_at "buildah from"' -l name -d 'Name of the working container' -x
complete -c gantry -n '__gantry_at "buildah from"' -l os -d 'Take the image for this system' -x
complete -c gantry -n '__gantry_at "buildah from"' -l platform -d 'Take the image for this platform' -x
complete -c gantry -n '__gantry_at "buildah from"' -l pull -d 'When to pull: always, missing, never, newer'
complete -c gantry -n '__gantry_at "buildah from"' -l pull-always -d 'Pull, whatever is there'
complete -c gantry -n '__gantry_at "buildah from"' -l pull-never -d 'Do not pull'
complete -c gantry -n '__gantry_at "buildah from"' -l quiet -s q -d 'Suppress progress output'
complete -c gantry -n '__gantry_at "buildah from"' -l retry -d 'Number of times to retry in case of failure when performing pull' -x
complete -c gantry -n '__gantry_at "buildah from"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "buildah from"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "buildah from"' -l variant -d 'Take the image for this variant of the architecture' -x
complete -c gantry -n '__gantry_at "buildah from"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah inspect"' -l format -s f -d 'Print with a Go template' -x
complete -c gantry -n '__gantry_at "buildah inspect"' -l type -s t -d 'What to look for: container or image' -xa 'container image'
complete -c gantry -n '__gantry_at "buildah inspect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah mount"' -l json -d 'Print the mounted containers as JSON'
complete -c gantry -n '__gantry_at "buildah mount"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah rm" "buildah delete"' -l all -s a -d 'Remove all working containers'
complete -c gantry -n '__gantry_at "buildah rm" "buildah delete"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah run"' -l add-history -d 'Tell of it in the history of the image'
complete -c gantry -n '__gantry_at "buildah run"' -l add-host -d 'Add a line to /etc/hosts; host-gateway stands for the host\'s address' -x
complete -c gantry -n '__gantry_at "buildah run"' -l cap-add -d 'Add a capability, or ALL' -x
complete -c gantry -n '__gantry_at "buildah run"' -l cap-drop -d 'Drop a capability, or ALL' -x
complete -c gantry -n '__gantry_at "buildah run"' -l cgroup-parent -d 'Make its control group below this one' -x
complete -c gantry -n '__gantry_at "buildah run"' -l cgroupns -d 'Control group namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "buildah run"' -l cpu-period -d 'Period that --cpu-quota is of; 100000 is usual' -x
complete -c gantry -n '__gantry_at "buildah run"' -l cpu-quota -d 'CPU time in each period' -x
complete -c gantry -n '__gantry_at "buildah run"' -l cpu-shares -s c -d 'CPU weight beside others; 1024 is usual' -x
complete -c gantry -n '__gantry_at "buildah run"' -l cpuset-cpus -d 'CPUs to run on: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "buildah run"' -l cpuset-mems -d 'Memory nodes to use: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "buildah run"' -l device -d 'Add a device of the host, or a vendor\'s by its CDI name: vendor/class=name' -x
complete -c gantry -n '__gantry_at "buildah run"' -l dns -d 'Name server instead of the host\'s; none leaves the image\'s resolv.conf' -x
complete -c gantry -n '__gantry_at "buildah run"' -l dns-option -d 'Option for resolv.conf' -x
complete -c gantry -n '__gantry_at "buildah run"' -l dns-search -d 'Search domain for resolv.conf; . for none' -x
complete -c gantry -n '__gantry_at "buildah run"' -l env -s e -d 'Set a variable for the command' -x
complete -c gantry -n '__gantry_at "buildah run"' -l group-add -d 'Further group of RUN’s process, by name or number' -x
complete -c gantry -n '__gantry_at "buildah run"' -l http-proxy -d 'Pass our proxy variables to RUN'
complete -c gantry -n '__gantry_at "buildah run"' -l ipc -d 'IPC namespace: host, none, private, shareable, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "buildah run"' -l isolation -d 'oci; chroot and rootless are run as oci' -x
complete -c gantry -n '__gantry_at "buildah run"' -l memory -s m -d 'Memory limit: 512m, 2g' -x
complete -c gantry -n '__gantry_at "buildah run"' -l memory-swap -d 'Memory and swap together; -1 for no limit' -x
complete -c gantry -n '__gantry_at "buildah run"' -l network -d 'Network: bridge, none, host, private, NETWORK[:ip=,mac=,alias=,interface_name=], container:NAME, ns:PATH, pasta[:OPTIONS], slirp4netns[:OPTIONS]' -xa '(__gantry_networks)'
complete -c gantry -n '__gantry_at "buildah run"' -l no-hostname -d 'Leave the image\'s /etc/hostname'
complete -c gantry -n '__gantry_at "buildah run"' -l no-hosts -d 'Leave the image\'s /etc/hosts'
complete -c gantry -n '__gantry_at "buildah run"' -l pid -d 'Process namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "buildah run"' -l security-opt -d 'seccomp=PROFILE|unconfined, apparmor=PROFILE, no-new-privileges, mask=PATHS, unmask=PATHS|ALL, proc-opts=OPTIONS' -x
complete -c gantry -n '__gantry_at "buildah run"' -l shm-size -d 'Size of /dev/shm' -x
complete -c gantry -n '__gantry_at "buildah run"' -l stdin -d 'Pass standard input to RUN'
complete -c gantry -n '__gantry_at "buildah run"' -l terminal -s t -d 'Give the command a terminal'
complete -c gantry -n '__gantry_at "buildah run"' -l ulimit -d 'Resource limit; "host" for ours' -x
complete -c gantry -n '__gantry_at "buildah run"' -l user -s u -d 'Run it as this user' -x
complete -c gantry -n '__gantry_at "buildah run"' -l userns -d 'User namespace: host, auto[:size=N], keep-id[:uid=N,gid=N,size=N], nomap, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "buildah run"' -l userns-gid-map -d 'Group ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "buildah run"' -l userns-gid-map-group -d 'Whose group ids of /etc/subgid the container gets' -x
complete -c gantry -n '__gantry_at "buildah run"' -l userns-uid-map -d 'User ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "buildah run"' -l userns-uid-map-user -d 'Whose user ids of /etc/subuid the container gets' -x
complete -c gantry -n '__gantry_at "buildah run"' -l uts -d 'Host name namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "buildah run"' -l volume -s v -d 'Mount a volume, or bind a file or folder of the host; options: ro, U, O, idmap, …' -rF
complete -c gantry -n '__gantry_at "buildah run"' -l workingdir -d 'Run it in this folder of the container' -x
complete -c gantry -n '__gantry_at "buildah run"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildah unmount" "buildah umount"' -l all -s a -d 'Unmount all working containers'
complete -c gantry -n '__gantry_at "buildah unmount" "buildah umount"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "builder prune" "buildx prune"' -l all -s a -d 'Remove all: it is what is always done'
complete -c gantry -n '__gantry_at "builder prune" "buildx prune"' -l filter -d 'Only what is older: until=24h' -x
complete -c gantry -n '__gantry_at "builder prune" "buildx prune"' -l force -s f -d 'Do not prompt for confirmation'
complete -c gantry -n '__gantry_at "builder prune" "buildx prune"' -l verbose -d 'Print what is removed: it always is'
complete -c gantry -n '__gantry_at "builder prune" "buildx prune"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "buildx version"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "commit" "container commit"' -l author -s a -d 'Set the author for the image committed' -x
complete -c gantry -n '__gantry_at "commit" "container commit"' -l change -s c -d 'Apply the following possible instructions to the created image: CMD | ENTRYPOINT | ENV | EXPOSE | LABEL | ONBUILD | STOPSIGNAL | USER | VOLUME | WORKDIR' -x
complete -c gantry -n '__gantry_at "commit" "container commit"' -l config -d 'file containing a container configuration to merge into the image' -rF
complete -c gantry -n '__gantry_at "commit" "container commit"' -l format -s f -d 'Format of the image manifest and metadata: oci or docker' -x
complete -c gantry -n '__gantry_at "commit" "container commit"' -l iidfile -d 'file to write the image ID to' -rF
complete -c gantry -n '__gantry_at "commit" "container commit"' -l include-volumes -d 'Include container volumes as image volumes'
complete -c gantry -n '__gantry_at "commit" "container commit"' -l message -s m -d 'Set commit message for imported image' -x
complete -c gantry -n '__gantry_at "commit" "container commit"' -l pause -s p -d 'Pause container during commit'
complete -c gantry -n '__gantry_at "commit" "container commit"' -l quiet -s q -d 'Suppress output'
complete -c gantry -n '__gantry_at "commit" "container commit"' -l squash -s s -d 'Squash all layers into a single new layer'
complete -c gantry -n '__gantry_at "commit" "container commit"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "completion"' -l file -s f -d 'Write the script to this file' -rF
complete -c gantry -n '__gantry_at "completion"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "container checkpoint"' -l all -s a -d 'Checkpoint all running containers'
complete -c gantry -n '__gantry_at "container checkpoint"' -l compress -s c -d 'Select compression algorithm (gzip, none, zstd) for checkpoint archive' -x
complete -c gantry -n '__gantry_at "container checkpoint"' -l create-image -d 'Create checkpoint image with specified name' -x
complete -c gantry -n '__gantry_at "container checkpoint"' -l export -s e -d 'Export the checkpoint image to a tar.gz' -rF
complete -c gantry -n '__gantry_at "container checkpoint"' -l file-locks -d 'Checkpoint a container with file locks'
complete -c gantry -n '__gantry_at "container checkpoint"' -l ignore-rootfs -d 'Do not include root file-system changes when exporting'
complete -c gantry -n '__gantry_at "container checkpoint"' -l ignore-volumes -d 'Do not export volumes associated with container'
complete -c gantry -n '__gantry_at "container checkpoint"' -l keep -s k -d 'Keep all temporary checkpoint files'
complete -c gantry -n '__gantry_at "container checkpoint"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "container checkpoint"' -l leave-running -s R -d 'Leave the container running after writing checkpoint to disk'
complete -c gantry -n '__gantry_at "container checkpoint"' -l pre-checkpoint -s P -d 'Dump container\'s memory information only, leave the container running'
complete -c gantry -n '__gantry_at "container checkpoint"' -l print-stats -d 'Display checkpoint statistics'
complete -c gantry -n '__gantry_at "container checkpoint"' -l tcp-established -d 'Checkpoint a container with established TCP connections'
complete -c gantry -n '__gantry_at "container checkpoint"' -l with-previous -d 'Checkpoint container with pre-checkpoint images'
complete -c gantry -n '__gantry_at "container checkpoint"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "container cleanup"' -l all -s a -d 'Clean up all containers'
complete -c gantry -n '__gantry_at "container cleanup"' -l exec -d 'Clean up the given exec session instead of the container' -x
complete -c gantry -n '__gantry_at "container cleanup"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "container cleanup"' -l rm -d 'After cleanup, remove the container entirely'
complete -c gantry -n '__gantry_at "container cleanup"' -l rmi -d 'After cleanup, remove the image, unless a container uses it'
complete -c gantry -n '__gantry_at "container cleanup"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "container clone"' -l blkio-weight -d 'Weight of its block I/O beside others, 10 to 1000' -x
complete -c gantry -n '__gantry_at "container clone"' -l blkio-weight-device -d 'The same for one device' -rF
complete -c gantry -n '__gantry_at "container clone"' -l cpu-period -d 'Period that --cpu-quota is of; 100000 is usual' -x
complete -c gantry -n '__gantry_at "container clone"' -l cpu-quota -d 'CPU time in each period' -x
complete -c gantry -n '__gantry_at "container clone"' -l cpu-rt-period -d 'Real-time period; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "container clone"' -l cpu-rt-runtime -d 'Real-time CPU time in it; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "container clone"' -l cpu-shares -s c -d 'CPU weight beside others; 1024 is usual' -x
complete -c gantry -n '__gantry_at "container clone"' -l cpus -d 'CPU time, as a number of CPUs: 1.5' -x
complete -c gantry -n '__gantry_at "container clone"' -l cpuset-cpus -d 'CPUs to run on: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "container clone"' -l cpuset-mems -d 'Memory nodes to use: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "container clone"' -l destroy -d 'Remove the original container'
complete -c gantry -n '__gantry_at "container clone"' -l device-read-bps -d 'Most bytes a second read from a device' -rF
complete -c gantry -n '__gantry_at "container clone"' -l device-read-iops -d 'Most reads a second from a device' -rF
complete -c gantry -n '__gantry_at "container clone"' -l device-write-bps -d 'Most bytes a second written to a device' -rF
complete -c gantry -n '__gantry_at "container clone"' -l device-write-iops -d 'Most writes a second to a device' -rF
complete -c gantry -n '__gantry_at "container clone"' -l force -s f -d 'Remove it even while it runs; with --destroy'
complete -c gantry -n '__gantry_at "container clone"' -l memory -s m -d 'Memory limit: 512m, 2g' -x
complete -c gantry -n '__gantry_at "container clone"' -l memory-reservation -d 'What memory is taken back to when it is short' -x
complete -c gantry -n '__gantry_at "container clone"' -l memory-swap -d 'Memory and swap together; -1 for no limit' -x
complete -c gantry -n '__gantry_at "container clone"' -l memory-swappiness -d 'How readily it is swapped, 0 to 100; -1 as the system; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "container clone"' -l name -d 'Name of the clone; the name of the original and "-clone" unless said' -x
complete -c gantry -n '__gantry_at "container clone"' -l pids-limit -d 'Most processes; 0 or -1 for no limit' -x
complete -c gantry -n '__gantry_at "container clone"' -l run -d 'Start the clone'
complete -c gantry -n '__gantry_at "container clone"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "container exists"' -l external -d 'Check external storage containers as well: Gantry knows of none'
complete -c gantry -n '__gantry_at "container exists"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "container inspect"' -l format -s f -d 'Format the output to a Go template or json' -x
complete -c gantry -n '__gantry_at "container inspect"' -l latest -s l -d 'Act on the latest container Gantry is aware of'
complete -c gantry -n '__gantry_at "container inspect"' -l size -s s -d 'Display total file size'
complete -c gantry -n '__gantry_at "container inspect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "container prune"' -l filter -d 'Provide filter values (e.g. \'label=<key>=<value>\')' -x
complete -c gantry -n '__gantry_at "container prune"' -l force -s f -d 'Do not prompt for confirmation'
complete -c gantry -n '__gantry_at "container prune"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "container restore"' -l all -s a -d 'Restore all checkpointed containers'
complete -c gantry -n '__gantry_at "container restore"' -l file-locks -d 'Restore a container with file locks'
complete -c gantry -n '__gantry_at "container restore"' -l ignore-rootfs -d 'Do not apply root file-system changes when importing from exported checkpoint'
complete -c gantry -n '__gantry_at "container restore"' -l ignore-static-ip -d 'Ignore IP address set via --static-ip'
complete -c gantry -n '__gantry_at "container restore"' -l ignore-static-mac -d 'Ignore MAC address set via --mac-address'
complete -c gantry -n '__gantry_at "container restore"' -l ignore-volumes -d 'Do not export volumes associated with container'
complete -c gantry -n '__gantry_at "container restore"' -l import -s i -d 'Restore from exported checkpoint archive (tar.gz)' -rF
complete -c gantry -n '__gantry_at "container restore"' -l import-previous -d 'Restore from exported pre-checkpoint archive (tar.gz)' -rF
complete -c gantry -n '__gantry_at "container restore"' -l keep -s k -d 'Keep all temporary checkpoint files'
complete -c gantry -n '__gantry_at "container restore"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "container restore"' -l name -s n -d 'Specify new name for container restored from exported checkpoint (only works with image or --import)' -x
complete -c gantry -n '__gantry_at "container restore"' -l print-stats -d 'Display restore statistics'
complete -c gantry -n '__gantry_at "container restore"' -l publish -s p -d 'Publish a container\'s port, or a range of ports, to the host (default [])' -x
complete -c gantry -n '__gantry_at "container restore"' -l tcp-established -d 'Restore a container with established TCP connections'
complete -c gantry -n '__gantry_at "container restore"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "container runlabel"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "container runlabel"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "container runlabel"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "container runlabel"' -l display -d 'Show the command, run nothing'
complete -c gantry -n '__gantry_at "container runlabel"' -l name -s n -d 'What the label means by NAME; the image\'s unless said' -x
complete -c gantry -n '__gantry_at "container runlabel"' -l quiet -s q -d 'Show nothing of the pull nor of the command'
complete -c gantry -n '__gantry_at "container runlabel"' -l replace -d 'Remove a container of the name that the command gives with --name'
complete -c gantry -n '__gantry_at "container runlabel"' -l retry -d 'Number of times to retry in case of failure when performing pull' -x
complete -c gantry -n '__gantry_at "container runlabel"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "container runlabel"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "container runlabel"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "copy"' -l additional-tag -d 'Further reference for the image: with a \'docker-archive\' as destination, or the store' -x
complete -c gantry -n '__gantry_at "copy"' -l all -s a -d 'Copy all images if the source is a list'
complete -c gantry -n '__gantry_at "copy"' -l authfile -d 'Path of the authentication file' -rF
complete -c gantry -n '__gantry_at "copy"' -l command-timeout -d 'Give up when the command has taken that long (default: never)' -x
complete -c gantry -n '__gantry_at "copy"' -l decryption-key -d 'Private key that opens encrypted layers; its passphrase also as file=PATH or fd=N' -rF
complete -c gantry -n '__gantry_at "copy"' -l dest-authfile -d 'Path of the authentication file of the destination' -rF
complete -c gantry -n '__gantry_at "copy"' -l dest-cert-dir -d 'Folder of certificates and keys of the destination' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "copy"' -l dest-compress -d 'Compress plain layers when copying to a directory with \'dir\''
complete -c gantry -n '__gantry_at "copy"' -l dest-compress-format -d 'Compression format to use: gzip, zstd or zstd:chunked' -x
complete -c gantry -n '__gantry_at "copy"' -l dest-compress-level -d 'Compression level to use' -x
complete -c gantry -n '__gantry_at "copy"' -l dest-creds -d 'Credentials of the destination' -x
complete -c gantry -n '__gantry_at "copy"' -l dest-daemon-host -d 'Where docker-daemon: listens: unix://PATH or tcp://HOST:PORT (default: /var/run/docker.sock)' -x
complete -c gantry -n '__gantry_at "copy"' -l dest-decompress -d 'Unpack compressed layers when copying to a directory with \'dir\''
complete -c gantry -n '__gantry_at "copy"' -l dest-force-compress-format -d 'Compress layers anew that are compressed in another format (default: with --dest-compress-format true)'
complete -c gantry -n '__gantry_at "copy"' -l dest-no-creds -d 'Access the registry of the destination anonymously'
complete -c gantry -n '__gantry_at "copy"' -l dest-oci-accept-uncompressed-layers -d 'Leave plain layers as they are when copying to \'oci\' or \'oci-archive\' (default: they are gzipped)'
complete -c gantry -n '__gantry_at "copy"' -l dest-password -d 'Password for the registry of the destination' -x
complete -c gantry -n '__gantry_at "copy"' -l dest-precompute-digests -d 'Know the digest of a layer that is compressed anew before it goes out: always so'
complete -c gantry -n '__gantry_at "copy"' -l dest-registry-token -d 'Bearer token for the registry of the destination' -x
complete -c gantry -n '__gantry_at "copy"' -l dest-shared-blob-dir -d 'Folder of blobs that several oci: layouts share, in place of their own blobs/' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "copy"' -l dest-tls-verify -d 'Require HTTPS and verify certificates of the destination'
complete -c gantry -n '__gantry_at "copy"' -l dest-username -d 'User name for the registry of the destination' -x
complete -c gantry -n '__gantry_at "copy"' -l digestfile -d 'Write the digest of the copied image to the specified file' -rF
complete -c gantry -n '__gantry_at "copy"' -l encrypt-layer -d 'Layers to encrypt: from 0 on, or from -1, the last, backwards (default: with --encryption-key all)' -x
complete -c gantry -n '__gantry_at "copy"' -l encryption-key -d 'For whom layers are encrypted: jwe:FILE with a public key, or pkcs7:FILE with a certificate' -rF
complete -c gantry -n '__gantry_at "copy"' -l format -s f -d 'Manifest type (oci or v2s2) to use in the destination (default: that of the source, or the one that a registry takes)' -x
complete -c gantry -n '__gantry_at "copy"' -l image-parallel-copies -d 'How many blobs are under way at once, at most (default: 6 to or from a registry)' -x
complete -c gantry -n '__gantry_at "copy"' -l insecure-policy -d 'Ask no policy, not even that of --policy: any image is accepted'
complete -c gantry -n '__gantry_at "copy"' -l multi-arch -d 'What of a list is copied: system (the machine\'s image), all, or index-only (the list without its images)' -x
complete -c gantry -n '__gantry_at "copy"' -l override-arch -d 'Choose that architecture\'s image of a list' -x
complete -c gantry -n '__gantry_at "copy"' -l override-os -d 'Choose that operating system\'s image of a list' -x
complete -c gantry -n '__gantry_at "copy"' -l override-variant -d 'Choose that variant\'s image of a list' -x
complete -c gantry -n '__gantry_at "copy"' -l policy -d 'policy.json in place of the one that is configured' -rF
complete -c gantry -n '__gantry_at "copy"' -l preserve-digests -d 'Fail rather than change the digest'
complete -c gantry -n '__gantry_at "copy"' -l quiet -s q -d 'Suppress output information when copying images'
complete -c gantry -n '__gantry_at "copy"' -l registries.d -d 'Folder that says where signatures are, in place of those that are configured' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "copy"' -l remove-signatures -d 'Discard any pre-existing signatures in the image'
complete -c gantry -n '__gantry_at "copy"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "copy"' -l retry-times -d 'Number of times to retry in case of failure' -x
complete -c gantry -n '__gantry_at "copy"' -l sign-by -d 'Add a signature at the destination using the specified GPG key' -x
complete -c gantry -n '__gantry_at "copy"' -l sign-by-sigstore -d 'Sign the image using a sigstore parameter file at PATH' -rF
complete -c gantry -n '__gantry_at "copy"' -l sign-by-sigstore-private-key -d 'Sign the image using a sigstore private key at PATH' -rF
complete -c gantry -n '__gantry_at "copy"' -l sign-identity -d 'Fully qualified name to sign (default: that of the destination)' -x
complete -c gantry -n '__gantry_at "copy"' -l sign-passphrase-file -d 'Read a passphrase for signing an image from PATH' -rF
complete -c gantry -n '__gantry_at "copy"' -l src-authfile -d 'Path of the authentication file of the source' -rF
complete -c gantry -n '__gantry_at "copy"' -l src-cert-dir -d 'Folder of certificates and keys of the source' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "copy"' -l src-creds -d 'Credentials of the source' -x
complete -c gantry -n '__gantry_at "copy"' -l src-daemon-host -d 'Where docker-daemon: listens: unix://PATH or tcp://HOST:PORT (default: /var/run/docker.sock)' -x
complete -c gantry -n '__gantry_at "copy"' -l src-no-creds -d 'Access the registry of the source anonymously'
complete -c gantry -n '__gantry_at "copy"' -l src-password -d 'Password for the registry of the source' -x
complete -c gantry -n '__gantry_at "copy"' -l src-registry-token -d 'Bearer token for the registry of the source' -x
complete -c gantry -n '__gantry_at "copy"' -l src-shared-blob-dir -d 'Folder of blobs that several oci: layouts share, in place of their own blobs/' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "copy"' -l src-tls-verify -d 'Require HTTPS and verify certificates of the source'
complete -c gantry -n '__gantry_at "copy"' -l src-username -d 'User name for the registry of the source' -x
complete -c gantry -n '__gantry_at "copy"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "cp" "container cp"' -l archive -s a -d 'Chown copied files to the primary uid/gid of the destination container'
complete -c gantry -n '__gantry_at "cp" "container cp"' -l overwrite -d 'Allow to overwrite directories with non-directories and vice versa'
complete -c gantry -n '__gantry_at "cp" "container cp"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "create" "container create"' -l add-host -d 'Add a line to /etc/hosts; host-gateway stands for the host\'s address' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l annotation -d 'Add an annotation, for the runtime' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l arch -d 'Choose an image by architecture instead of this machine\'s' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l attach -s a -d 'Attach to stdin, stdout or stderr' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l authfile -d 'Credentials for registries' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l blkio-weight -d 'Weight of its block I/O beside others, 10 to 1000' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l blkio-weight-device -d 'The same for one device' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l cap-add -d 'Add a capability, or ALL' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cap-drop -d 'Drop a capability, or ALL' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cgroup-conf -d 'Write to a file of its control group, on cgroup v2: memory.high=1073741824' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cgroup-parent -d 'Make its control group below this one' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cgroupns -d 'Control group namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cgroups -d 'Its control group: enabled, disabled, no-conmon (the monitor stays in ours), split (both below ours)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l chrootdirs -d 'Folder inside that serves as a root: /etc/hosts, resolv.conf… are mounted there, too' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cidfile -d 'Write the id to this file, which goes with the container' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l conmon-pidfile -d 'Write the monitor\'s pid to this file' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l cpu-period -d 'Period that --cpu-quota is of; 100000 is usual' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cpu-quota -d 'CPU time in each period' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cpu-rt-period -d 'Real-time period; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cpu-rt-runtime -d 'Real-time CPU time in it; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cpu-shares -s c -d 'CPU weight beside others; 1024 is usual' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cpus -d 'CPU time, as a number of CPUs: 1.5' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cpuset-cpus -d 'CPUs to run on: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l cpuset-mems -d 'Memory nodes to use: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l decryption-key -d 'Private key that opens encrypted layers; its passphrase also as file=PATH or fd=N' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l device -d 'Add a device of the host, or a vendor\'s by its CDI name: vendor/class=name' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l device-cgroup-rule -d 'Allow devices by their numbers: "c 13:* rwm"' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l device-read-bps -d 'Most bytes a second read from a device' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l device-read-iops -d 'Most reads a second from a device' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l device-write-bps -d 'Most bytes a second written to a device' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l device-write-iops -d 'Most writes a second to a device' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l dns -d 'Name server instead of the host\'s; none leaves the image\'s resolv.conf' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l dns-option -d 'Option for resolv.conf' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l dns-search -d 'Search domain for resolv.conf; . for none' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l entrypoint -d 'Run this instead of the image\'s entrypoint; several words as a JSON list' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l env -s e -d 'Set an environment variable; without a value, pass ours' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l env-file -d 'Read environment variables from a file' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l env-host -d 'Pass our whole environment'
complete -c gantry -n '__gantry_at "create" "container create"' -l env-merge -d 'Set a variable to a text that speaks of the image\'s: --env-merge \'GREETING=${GREETING}!\'' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l expose -d 'Say that the container listens on a port or a range' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l gidmap -d 'Group ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l gpus -d 'Add NVIDIA\'s devices by the names of their CDI file: all, 0, …' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l group-add -d 'Further group of the process; keep-groups: those of the caller' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l group-entry -d 'Line of /etc/group for a group that is only a number; $GROUPNAME, $GID, $USERLIST' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-cmd -d 'Check its health so: a line for its shell, a JSON list of words, or none' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-interval -d 'From one health check to the next; disable: only by hand (30s unless said)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-log-destination -d 'Log of health checks: local (with the container), events_logger, or a folder' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "create" "container create"' -l health-max-log-count -d 'Health checks that the log keeps; 0 is all (5 unless said)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-max-log-size -d 'What the log keeps of each one\'s output; 0 is all (500 unless said)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-on-failure -d 'What to do when it is unhealthy' -xa 'none kill restart stop'
complete -c gantry -n '__gantry_at "create" "container create"' -l health-retries -d 'Failures in a row that make it unhealthy (3 unless said)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-start-period -d 'Failures do not count so long after its start (0s unless said)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-startup-cmd -d 'Check so until that succeeds, and only then as --health-cmd says' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-startup-interval -d 'From one startup check to the next; disable: only by hand (30s unless said)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-startup-retries -d 'Failures of the startup check that start the container again; 0 never does' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-startup-success -d 'Successes in a row that end the startup checks (1 unless said)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-startup-timeout -d 'A startup check that takes longer has failed (30s unless said)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l health-timeout -d 'A health check that takes longer is killed, and has failed (30s unless said)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l hostname -s h -d 'Host name inside; the id unless said' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l hosts-file -d 'Base of /etc/hosts: a file, none, or image; the host\'s unless said' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l hostuser -d 'Add a user of the host to /etc/passwd' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l http-proxy -d 'Pass our proxy variables'
complete -c gantry -n '__gantry_at "create" "container create"' -l image-volume -d 'What becomes of the image\'s volumes: anonymous (or bind), tmpfs, ignore' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l init -d 'Run an init that forwards signals and reaps processes'
complete -c gantry -n '__gantry_at "create" "container create"' -l init-ctr -d 'Run it to its end before the other containers of its pod: once, or always' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l init-path -d 'Program that --init runs' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l interactive -s i -d 'Keep standard input open'
complete -c gantry -n '__gantry_at "create" "container create"' -l ip -d 'IPv4 address in its network' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l ip6 -d 'IPv6 address in its network' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l ipc -d 'IPC namespace: host, none, private, shareable, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l label -s l -d 'Add a label' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l label-file -d 'Read labels from a file' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l log-driver -d 'Where output goes: k8s-file, json-file, journald, none, passthrough, passthrough-tty' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l log-opt -d 'Option of the log driver: path, max-size, max-file, tag' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l mac-address -d 'MAC address in its network' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l memory -s m -d 'Memory limit: 512m, 2g' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l memory-reservation -d 'What memory is taken back to when it is short' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l memory-swap -d 'Memory and swap together; -1 for no limit' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l memory-swappiness -d 'How readily it is swapped, 0 to 100; -1 as the system; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l mount -d 'Mount: type=bind, devpts, glob, image, ramfs, tmpfs or volume' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l name -d 'Name of the container; a random one unless said' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l network -d 'Network: bridge, none, host, private, NETWORK[:ip=,mac=,alias=,interface_name=], container:NAME, ns:PATH, pasta[:OPTIONS], slirp4netns[:OPTIONS]' -xa '(__gantry_networks)'
complete -c gantry -n '__gantry_at "create" "container create"' -l network-alias -d 'Another name for it in its networks' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l no-healthcheck -d 'Check no health, not even by the image\'s command'
complete -c gantry -n '__gantry_at "create" "container create"' -l no-hostname -d 'Leave the image\'s /etc/hostname'
complete -c gantry -n '__gantry_at "create" "container create"' -l no-hosts -d 'Leave the image\'s /etc/hosts'
complete -c gantry -n '__gantry_at "create" "container create"' -l oom-kill-disable -d 'Stop it instead of killing it when memory is short; cgroup v1 only'
complete -c gantry -n '__gantry_at "create" "container create"' -l oom-score-adj -d 'How readily the kernel kills it, -1000 to 1000' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l os -d 'Choose an image by operating system instead of this machine\'s' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l passwd-entry -d 'Line of /etc/passwd for a user who is only a number; $USERNAME, $UID, $GID, $NAME, $HOME' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l personality -d 'Execution domain: LINUX, or LINUX32 for 32-bit programs' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l pid -d 'Process namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l pidfile -d 'Write the container\'s pid to this file' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l pids-limit -d 'Most processes; 0 or -1 for no limit' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l platform -d 'Choose an image by platform' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l pod -d 'Run it in this pod; new:NAME makes one' -xa '(__gantry_pods)'
complete -c gantry -n '__gantry_at "create" "container create"' -l pod-id-file -d 'Read the pod\'s id from this file' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l privileged -d 'Give all capabilities, all devices and the kernel interfaces'
complete -c gantry -n '__gantry_at "create" "container create"' -l publish -s p -d 'Publish a port or a range on the host; a random one where none is named' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l publish-all -s P -d 'Publish all exposed ports on random ones of the host'
complete -c gantry -n '__gantry_at "create" "container create"' -l pull -d 'Pull the image: always, missing, never, newer' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l quiet -s q -d 'Show no progress of a pull'
complete -c gantry -n '__gantry_at "create" "container create"' -l rdt-class -d 'Class of service of Intel\'s RDT, below /sys/fs/resctrl' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l read-only -d 'Make the root file system read-only'
complete -c gantry -n '__gantry_at "create" "container create"' -l read-only-tmpfs -d 'With --read-only: keep /dev, /run, /tmp and /var/tmp writable'
complete -c gantry -n '__gantry_at "create" "container create"' -l replace -d 'Remove a container of the same name first'
complete -c gantry -n '__gantry_at "create" "container create"' -l requires -d 'Start these containers before it' -xa '(__gantry_containers)'
complete -c gantry -n '__gantry_at "create" "container create"' -l restart -d 'What follows its end: no, always, unless-stopped, on-failure[:N]; with ,unhealthy also a failed health' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l retry -d 'Number of times to retry in case of failure when performing pull' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l rm -d 'Remove the container when it has ended'
complete -c gantry -n '__gantry_at "create" "container create"' -l rootfs -d 'The first argument is no image, but the path of a root file system'
complete -c gantry -n '__gantry_at "create" "container create"' -l sdnotify -d 'Who tells systemd that the service is up: container (its program), conmon (we, once it runs), healthy (we, once a health check has succeeded), ignore (nobody)' -xa 'container conmon healthy ignore'
complete -c gantry -n '__gantry_at "create" "container create"' -l seccomp-policy -d 'Whose system calls are let through: default, or image: the profile in the image\'s label' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l secret -d 'Give it a secret, as a file (type=mount: target, uid, gid, mode) or as a variable (type=env: target)' -xa '(__gantry_secrets)'
complete -c gantry -n '__gantry_at "create" "container create"' -l security-opt -d 'seccomp=PROFILE|unconfined, apparmor=PROFILE, no-new-privileges, mask=PATHS, unmask=PATHS|ALL, proc-opts=OPTIONS' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l shm-size -d 'Size of /dev/shm' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l shm-size-systemd -d 'Size of each tmpfs that systemd gets' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l stop-signal -d 'Signal that stops it; the image\'s, or TERM' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l stop-timeout -d 'Seconds from the stop signal to KILL' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l subgidname -d 'Whose group ids of /etc/subgid the container gets' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l subuidname -d 'Whose user ids of /etc/subuid the container gets' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l sysctl -d 'Kernel parameter of its namespaces' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l systemd -d 'Make ready for systemd: true (where the command is systemd or init), false, always' -xa 'true false always'
complete -c gantry -n '__gantry_at "create" "container create"' -l timeout -d 'Kill it when it has run so long; 0 never' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l tls-verify -d 'Require HTTPS and verify certificates of registries'
complete -c gantry -n '__gantry_at "create" "container create"' -l tmpfs -d 'Mount a tmpfs' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l tty -s t -d 'Allocate a terminal'
complete -c gantry -n '__gantry_at "create" "container create"' -l tz -d 'Time zone inside, such as Europe/Berlin; local: the host\'s' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l uidmap -d 'User ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l ulimit -d 'Resource limit; "host" for ours' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l umask -d 'File mode creation mask, octal' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l unsetenv -d 'Leave out a variable of the image or the configuration' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l unsetenv-all -d 'Leave out all variables but those given'
complete -c gantry -n '__gantry_at "create" "container create"' -l user -s u -d 'User and group, by name or number' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l userns -d 'User namespace: host, auto[:size=N], keep-id[:uid=N,gid=N,size=N], nomap, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l uts -d 'Host name namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l variant -d 'Choose an image by variant of the architecture' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l volume -s v -d 'Mount a volume, or bind a file or folder of the host; options: ro, U, O, idmap, …' -rF
complete -c gantry -n '__gantry_at "create" "container create"' -l volumes-from -d 'Mount what another container mounts' -xa '(__gantry_containers)'
complete -c gantry -n '__gantry_at "create" "container create"' -l workdir -s w -d 'Working directory inside' -x
complete -c gantry -n '__gantry_at "create" "container create"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "delete"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "delete"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "delete"' -l command-timeout -d 'Give up when the command has taken that long (default: never)' -x
complete -c gantry -n '__gantry_at "delete"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "delete"' -l insecure-policy -d 'Ask no policy, not even that of --policy: any image is accepted'
complete -c gantry -n '__gantry_at "delete"' -l no-creds -d 'Access the registry anonymously'
complete -c gantry -n '__gantry_at "delete"' -l password -d 'Password for the registry' -x
complete -c gantry -n '__gantry_at "delete"' -l policy -d 'policy.json in place of the one that is configured' -rF
complete -c gantry -n '__gantry_at "delete"' -l registries.d -d 'Folder that says where signatures are, in place of those that are configured' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "delete"' -l registry-token -d 'Bearer token for the registry' -x
complete -c gantry -n '__gantry_at "delete"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "delete"' -l retry-times -d 'Number of times to retry in case of failure when performing pull' -x
complete -c gantry -n '__gantry_at "delete"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "delete"' -l username -d 'User name for the registry' -x
complete -c gantry -n '__gantry_at "delete"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "diff" "container diff"' -l format -d 'Change the output format (json)' -x
complete -c gantry -n '__gantry_at "diff" "container diff"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "diff" "container diff"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "doctor"' -l json -d 'Print what is found as JSON'
complete -c gantry -n '__gantry_at "doctor"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "events" "system events"' -l filter -s f -d 'Filter events: container, event, image, label, pod, type, volume' -x
complete -c gantry -n '__gantry_at "events" "system events"' -l format -d 'Format the output using a Go template, or as JSON' -x
complete -c gantry -n '__gantry_at "events" "system events"' -l no-trunc -d 'Do not truncate the output'
complete -c gantry -n '__gantry_at "events" "system events"' -l since -d 'Show all events created since timestamp' -x
complete -c gantry -n '__gantry_at "events" "system events"' -l stream -d 'Stream events and do not exit when returning the last known event'
complete -c gantry -n '__gantry_at "events" "system events"' -l until -d 'Show all events until timestamp' -x
complete -c gantry -n '__gantry_at "events" "system events"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "exec" "container exec"' -l detach -s d -d 'Run the exec session in detached mode (backgrounded)'
complete -c gantry -n '__gantry_at "exec" "container exec"' -l detach-keys -d 'Override the key sequence for detaching: a single character, or a comma separated sequence of ctrl-<value>, where <value> is one of a-z @ ^ [ \\ ] _ ; empty for none' -x
complete -c gantry -n '__gantry_at "exec" "container exec"' -l env -s e -d 'Set environment variables' -x
complete -c gantry -n '__gantry_at "exec" "container exec"' -l env-file -d 'Read in a file of environment variables' -rF
complete -c gantry -n '__gantry_at "exec" "container exec"' -l interactive -s i -d 'Make STDIN available to the contained process'
complete -c gantry -n '__gantry_at "exec" "container exec"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "exec" "container exec"' -l preserve-fd -d 'Pass these file descriptors to the container (crun only)' -x
complete -c gantry -n '__gantry_at "exec" "container exec"' -l preserve-fds -d 'Pass N additional file descriptors to the container' -x
complete -c gantry -n '__gantry_at "exec" "container exec"' -l privileged -d 'Give the process extended Linux capabilities inside the container'
complete -c gantry -n '__gantry_at "exec" "container exec"' -l tty -s t -d 'Allocate a pseudo-TTY'
complete -c gantry -n '__gantry_at "exec" "container exec"' -l user -s u -d 'Sets the username or UID used and optionally the groupname or GID for the specified command' -x
complete -c gantry -n '__gantry_at "exec" "container exec"' -l workdir -s w -d 'Working directory inside the container' -x
complete -c gantry -n '__gantry_at "exec" "container exec"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "export" "container export"' -l output -s o -d 'Write to a specified file (default: stdout, which must be redirected)' -rF
complete -c gantry -n '__gantry_at "export" "container export"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "generate kube" "kube generate"' -l filename -s f -d 'Write to this file, which must not exist' -rF
complete -c gantry -n '__gantry_at "generate kube" "kube generate"' -l podman-only -d 'Add annotations that only podman and Gantry understand; a cluster may refuse them'
complete -c gantry -n '__gantry_at "generate kube" "kube generate"' -l replicas -s r -d 'How many replicas a Deployment has' -x
complete -c gantry -n '__gantry_at "generate kube" "kube generate"' -l service -s s -d 'Add a Service for the published ports'
complete -c gantry -n '__gantry_at "generate kube" "kube generate"' -l type -s t -d 'What pods and containers become: pod, deployment, daemonset or job; pod unless containers.conf says otherwise' -x
complete -c gantry -n '__gantry_at "generate kube" "kube generate"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "generate systemd"' -l after -d 'Start it after this unit' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l container-prefix -d 'Prefix of the names of units of containers' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l env -s e -d 'Set a variable in the service' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l files -s f -d 'Write .service files into the working folder, and print their paths'
complete -c gantry -n '__gantry_at "generate systemd"' -l format -d 'Print the units as: json' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l name -s n -d 'Name containers and pods by their names, not by their ids'
complete -c gantry -n '__gantry_at "generate systemd"' -l new -d 'Make a new container or pod at each start, by the command that made this one'
complete -c gantry -n '__gantry_at "generate systemd"' -l no-header -d 'Say neither who wrote it nor when'
complete -c gantry -n '__gantry_at "generate systemd"' -l pod-prefix -d 'Prefix of the names of units of pods' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l requires -d 'Start it with this unit, and not without it' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l restart-policy -d 'Restart= of the service: no, on-success, on-failure, on-abnormal, on-watchdog, on-abort, always' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l restart-sec -d 'RestartSec= of the service' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l separator -d 'What is between prefix and name' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l start-timeout -d 'TimeoutStartSec= of the service' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l stop-timeout -d 'Seconds to wait for the container\'s stop before it is killed' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l template -d 'Write a template, whose instances add %i to the name; of a container, with --new'
complete -c gantry -n '__gantry_at "generate systemd"' -l wants -d 'Start this unit with it' -x
complete -c gantry -n '__gantry_at "generate systemd"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "generate-sigstore-key"' -l output-prefix -d 'Write the keys to PREFIX.pub and PREFIX.private' -rF
complete -c gantry -n '__gantry_at "generate-sigstore-key"' -l passphrase-file -d 'Read the passphrase of the private key from PATH (default: asked for on the terminal)' -rF
complete -c gantry -n '__gantry_at "generate-sigstore-key"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "healthcheck run"' -l ignore-result -d 'Exit with 0 also when the check has failed'
complete -c gantry -n '__gantry_at "healthcheck run"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "help"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "history" "image history"' -l format -d 'Change the output to JSON or a Go template' -x
complete -c gantry -n '__gantry_at "history" "image history"' -l human -s H -d 'Display sizes and dates in human readable format'
complete -c gantry -n '__gantry_at "history" "image history"' -l no-trunc -d 'Do not truncate the output'
complete -c gantry -n '__gantry_at "history" "image history"' -l quiet -s q -d 'Display the numeric IDs only'
complete -c gantry -n '__gantry_at "history" "image history"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image diff"' -l format -d 'Change the output format (json)' -x
complete -c gantry -n '__gantry_at "image diff"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image exists"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image inspect"' -l format -s f -d 'Format the output to a Go template or json' -x
complete -c gantry -n '__gantry_at "image inspect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image mount"' -l all -s a -d 'Mount all images'
complete -c gantry -n '__gantry_at "image mount"' -l format -d 'Print the mounted images in specified format (json)' -x
complete -c gantry -n '__gantry_at "image mount"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image prune"' -l all -s a -d 'Remove all images not in use by containers, not just dangling ones'
complete -c gantry -n '__gantry_at "image prune"' -l blobs -d 'Drop the compressed layers of the images that stay, too: push, save and repair then fetch them again'
complete -c gantry -n '__gantry_at "image prune"' -l build-cache -d 'Remove what builds keep for the next ones, too'
complete -c gantry -n '__gantry_at "image prune"' -l external -d 'Remove images even when they are used by external containers: Gantry knows of none'
complete -c gantry -n '__gantry_at "image prune"' -l filter -d 'Provide filter values (e.g. \'label=<key>=<value>\')' -x
complete -c gantry -n '__gantry_at "image prune"' -l force -s f -d 'Do not prompt for confirmation'
complete -c gantry -n '__gantry_at "image prune"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image scp"' -l quiet -s q -d 'Suppress the output'
complete -c gantry -n '__gantry_at "image scp"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image sign"' -l all -s a -d 'Sign all the manifests of the multi-architecture image'
complete -c gantry -n '__gantry_at "image sign"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "image sign"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "image sign"' -l directory -s d -d 'Define an alternate directory to store signatures' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "image sign"' -l sign-by -d 'Name of the signing key' -x
complete -c gantry -n '__gantry_at "image sign"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image tree"' -l whatrequires -d 'Show all child images and layers of the specified image'
complete -c gantry -n '__gantry_at "image tree"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image trust set"' -l pubkeysfile -s f -d 'Path of installed public key(s) to trust for TARGET; each one given must have signed' -rF
complete -c gantry -n '__gantry_at "image trust set"' -l type -s t -d 'Trust type, accept values: signedBy(default), sigstoreSigned, accept, reject' -x
complete -c gantry -n '__gantry_at "image trust set"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image trust show"' -l json -s j -d 'Output as json'
complete -c gantry -n '__gantry_at "image trust show"' -l noheading -s n -d 'Do not print column headings'
complete -c gantry -n '__gantry_at "image trust show"' -l raw -d 'Output raw policy file'
complete -c gantry -n '__gantry_at "image trust show"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "image unmount" "image umount"' -l all -s a -d 'Unmount all of the currently mounted images'
complete -c gantry -n '__gantry_at "image unmount" "image umount"' -l force -s f -d 'Unmount it however often it was mounted'
complete -c gantry -n '__gantry_at "image unmount" "image umount"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "images" "buildah images" "image list" "image ls"' -l all -s a -d 'Show all images: there are no intermediate ones that would be hidden'
complete -c gantry -n '__gantry_at "images" "buildah images" "image list" "image ls"' -l digests -d 'Show digests'
complete -c gantry -n '__gantry_at "images" "buildah images" "image list" "image ls"' -l filter -s f -d 'Filter output based on conditions provided' -x
complete -c gantry -n '__gantry_at "images" "buildah images" "image list" "image ls"' -l format -d 'Change the output format to JSON or a Go template' -x
complete -c gantry -n '__gantry_at "images" "buildah images" "image list" "image ls"' -l history -d 'Display the image name history'
complete -c gantry -n '__gantry_at "images" "buildah images" "image list" "image ls"' -l no-trunc -d 'Do not truncate output'
complete -c gantry -n '__gantry_at "images" "buildah images" "image list" "image ls"' -l noheading -s n -d 'Do not print column headings'
complete -c gantry -n '__gantry_at "images" "buildah images" "image list" "image ls"' -l quiet -s q -d 'Display only image IDs'
complete -c gantry -n '__gantry_at "images" "buildah images" "image list" "image ls"' -l sort -d 'Sort by created, id, repository, size, tag' -x
complete -c gantry -n '__gantry_at "images" "buildah images" "image list" "image ls"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "import" "image import"' -l arch -d 'Set the architecture of the imported image' -x
complete -c gantry -n '__gantry_at "import" "image import"' -l change -s c -d 'Apply the following possible instructions to the created image: CMD | ENTRYPOINT | ENV | EXPOSE | LABEL | ONBUILD | STOPSIGNAL | USER | VOLUME | WORKDIR' -x
complete -c gantry -n '__gantry_at "import" "image import"' -l message -s m -d 'Set commit message for imported image' -x
complete -c gantry -n '__gantry_at "import" "image import"' -l os -d 'Set the OS of the imported image' -x
complete -c gantry -n '__gantry_at "import" "image import"' -l quiet -s q -d 'Suppress output'
complete -c gantry -n '__gantry_at "import" "image import"' -l variant -d 'Set the variant of the imported image' -x
complete -c gantry -n '__gantry_at "import" "image import"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "info" "buildah info" "system info"' -l format -s f -d 'Change the output format to JSON or a Go template' -x
complete -c gantry -n '__gantry_at "info" "buildah info" "system info"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "init" "container init"' -l all -s a -d 'Initialize all containers'
complete -c gantry -n '__gantry_at "init" "container init"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "init" "container init"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "inspect"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "inspect"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "inspect"' -l command-timeout -d 'Give up when the command has taken that long (default: never)' -x
complete -c gantry -n '__gantry_at "inspect"' -l config -d 'Of an image elsewhere: print the image\'s configuration'
complete -c gantry -n '__gantry_at "inspect"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "inspect"' -l daemon-host -d 'Where docker-daemon: listens: unix://PATH or tcp://HOST:PORT' -x
complete -c gantry -n '__gantry_at "inspect"' -l format -s f -d 'Format the output to a Go template or json' -x
complete -c gantry -n '__gantry_at "inspect"' -l insecure-policy -d 'Ask no policy, not even that of --policy: any image is accepted'
complete -c gantry -n '__gantry_at "inspect"' -l latest -s l -d 'Act on the latest container Gantry is aware of'
complete -c gantry -n '__gantry_at "inspect"' -l manifest-digest -d 'Of an image elsewhere: the algorithm of the manifest\'s digest: sha256 or sha512' -xa 'sha256 sha512'
complete -c gantry -n '__gantry_at "inspect"' -l no-creds -d 'Access the registry anonymously'
complete -c gantry -n '__gantry_at "inspect"' -l no-tags -s n -d 'Of an image elsewhere: do not list the tags of its repository'
complete -c gantry -n '__gantry_at "inspect"' -l override-arch -d 'Choose that architecture\'s image of a list' -x
complete -c gantry -n '__gantry_at "inspect"' -l override-os -d 'Choose that operating system\'s image of a list' -x
complete -c gantry -n '__gantry_at "inspect"' -l override-variant -d 'Choose that variant\'s image of a list' -x
complete -c gantry -n '__gantry_at "inspect"' -l password -d 'Password for the registry' -x
complete -c gantry -n '__gantry_at "inspect"' -l policy -d 'policy.json in place of the one that is configured' -rF
complete -c gantry -n '__gantry_at "inspect"' -l raw -d 'Of an image elsewhere: print the manifest, or with --config the configuration, as it is'
complete -c gantry -n '__gantry_at "inspect"' -l registries.d -d 'Folder that says where signatures are, in place of those that are configured' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "inspect"' -l registry-token -d 'Bearer token for the registry' -x
complete -c gantry -n '__gantry_at "inspect"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "inspect"' -l retry-times -d 'Number of times to retry in case of failure when performing pull' -x
complete -c gantry -n '__gantry_at "inspect"' -l shared-blob-dir -d 'Of an image in an oci: layout: folder of blobs that several layouts share, in place of its own blobs/' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "inspect"' -l size -s s -d 'Display total file size'
complete -c gantry -n '__gantry_at "inspect"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "inspect"' -l type -s t -d 'Specify inspect-object type: all, container, image, volume or network' -x
complete -c gantry -n '__gantry_at "inspect"' -l username -d 'User name for the registry' -x
complete -c gantry -n '__gantry_at "inspect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "kill" "container kill"' -l all -s a -d 'Signal all running containers'
complete -c gantry -n '__gantry_at "kill" "container kill"' -l cidfile -d 'Read the container ID from the file' -rF
complete -c gantry -n '__gantry_at "kill" "container kill"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "kill" "container kill"' -l signal -s s -d 'Signal to send to the container' -x
complete -c gantry -n '__gantry_at "kill" "container kill"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "kube apply"' -l ca-cert-file -d 'Certificate of the authority that vouches for the cluster, or insecure for none; the kubeconfig\'s unless said' -rF
complete -c gantry -n '__gantry_at "kube apply"' -l file -s f -d 'Manifest to apply; - is standard input' -rF
complete -c gantry -n '__gantry_at "kube apply"' -l kubeconfig -s k -d 'kubeconfig of the cluster; KUBECONFIG unless said' -rF
complete -c gantry -n '__gantry_at "kube apply"' -l ns -d 'Namespace in the cluster; the kubeconfig\'s unless said' -x
complete -c gantry -n '__gantry_at "kube apply"' -l service -s s -d 'Add a Service for the published ports'
complete -c gantry -n '__gantry_at "kube apply"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "kube down"' -l force -d 'Remove volumes, too'
complete -c gantry -n '__gantry_at "kube down"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "kube play" "play kube"' -l annotation -d 'Add an annotation to pods and volumes' -x
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l build -d 'Build images that have a folder of their name with a Containerfile, also those that are here; false: none'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l configmap -d 'Pathname of a YAML file containing Kubernetes config maps' -rF
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l context-dir -d 'Where the folders of images lie that --build builds (default: the current folder)' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l force -d 'Remove volumes as part of --down'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l ip -d 'Static IP address for a pod, in the order of the pods' -x
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l log-driver -d 'Where output goes: k8s-file, json-file, journald, none, passthrough, passthrough-tty' -x
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l log-opt -d 'Option of the log driver: path, max-size, max-file, tag' -x
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l mac-address -d 'Static MAC address for a pod, in the order of the pods' -x
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l network -d 'Connect pods to networks, or choose a mode of network' -xa '(__gantry_networks)'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l no-hostname -d 'Leave the image\'s /etc/hostname'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l no-hosts -d 'Leave the image\'s /etc/hosts'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l publish -d 'Publish a port or a range on the host; a random one where none is named' -x
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l publish-all -d 'Publish every containerPort, also those without a hostPort'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l quiet -s q -d 'Suppress output information when pulling images'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l replace -d 'Delete and make anew the pods that the manifest describes'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l retry -d 'Number of times to retry in case of failure when performing pull' -x
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l seccomp-profile-root -d 'Folder of seccomp profiles' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l start -d 'Start the pods after creating them'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l strict -d 'Refuse a manifest with fields that are not honoured, instead of a warning'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l userns -d 'User namespace of pods; the manifest\'s unless said' -x
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l wait -s w -d 'Wait for the pods to exit, or for a signal; then clean up all that was made'
complete -c gantry -n '__gantry_at "kube play" "play kube"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "list-tags"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "list-tags"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "list-tags"' -l command-timeout -d 'Give up when the command has taken that long (default: never)' -x
complete -c gantry -n '__gantry_at "list-tags"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "list-tags"' -l insecure-policy -d 'Ask no policy, not even that of --policy: any image is accepted'
complete -c gantry -n '__gantry_at "list-tags"' -l no-creds -d 'Access the registry anonymously'
complete -c gantry -n '__gantry_at "list-tags"' -l password -d 'Password for the registry' -x
complete -c gantry -n '__gantry_at "list-tags"' -l policy -d 'policy.json in place of the one that is configured' -rF
complete -c gantry -n '__gantry_at "list-tags"' -l registries.d -d 'Folder that says where signatures are, in place of those that are configured' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "list-tags"' -l registry-token -d 'Bearer token for the registry' -x
complete -c gantry -n '__gantry_at "list-tags"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "list-tags"' -l retry-times -d 'Number of times to retry in case of failure when performing pull' -x
complete -c gantry -n '__gantry_at "list-tags"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "list-tags"' -l username -d 'User name for the registry' -x
complete -c gantry -n '__gantry_at "list-tags"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "load" "image load"' -l input -s i -d 'Read from specified archive file (default: stdin)' -rF
complete -c gantry -n '__gantry_at "load" "image load"' -l quiet -s q -d 'Suppress the output'
complete -c gantry -n '__gantry_at "load" "image load"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "login" "buildah login"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "login" "buildah login"' -l cert-dir -d 'Use certificates at the specified path to access the registry' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "login" "buildah login"' -l compat-auth-file -d 'Path of a Docker-compatible config file to update instead' -rF
complete -c gantry -n '__gantry_at "login" "buildah login"' -l get-login -d 'Return the current login user for the registry'
complete -c gantry -n '__gantry_at "login" "buildah login"' -l password -s p -d 'Password for registry' -x
complete -c gantry -n '__gantry_at "login" "buildah login"' -l password-stdin -d 'Take the password from stdin'
complete -c gantry -n '__gantry_at "login" "buildah login"' -l secret -d 'Retrieve password from a secret' -xa '(__gantry_secrets)'
complete -c gantry -n '__gantry_at "login" "buildah login"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "login" "buildah login"' -l username -s u -d 'Username for registry' -x
complete -c gantry -n '__gantry_at "login" "buildah login"' -l verbose -s v -d 'Write more detailed information to stdout'
complete -c gantry -n '__gantry_at "login" "buildah login"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "logout" "buildah logout"' -l all -s a -d 'Remove the credentials for all registries in the auth file'
complete -c gantry -n '__gantry_at "logout" "buildah logout"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "logout" "buildah logout"' -l compat-auth-file -d 'Path of a Docker-compatible config file to update instead' -rF
complete -c gantry -n '__gantry_at "logout" "buildah logout"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "logs" "container logs"' -l color -d 'Output the containers with different colors in the log'
complete -c gantry -n '__gantry_at "logs" "container logs"' -l follow -s f -d 'Follow log output'
complete -c gantry -n '__gantry_at "logs" "container logs"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "logs" "container logs"' -l names -s n -d 'Output the container name in the log'
complete -c gantry -n '__gantry_at "logs" "container logs"' -l since -d 'Show logs since TIMESTAMP' -x
complete -c gantry -n '__gantry_at "logs" "container logs"' -l tail -d 'Output this many lines at the end of the logs; -1 prints all' -x
complete -c gantry -n '__gantry_at "logs" "container logs"' -l timestamps -s t -d 'Output the timestamps in the log'
complete -c gantry -n '__gantry_at "logs" "container logs"' -l until -d 'Show logs until TIMESTAMP' -x
complete -c gantry -n '__gantry_at "logs" "container logs"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "manifest add"' -l all -d 'Add all of the list\'s images if the image is a list'
complete -c gantry -n '__gantry_at "manifest add"' -l annotation -d 'Set an annotation (KEY=VALUE) for the specified image' -x
complete -c gantry -n '__gantry_at "manifest add"' -l arch -d 'Override the architecture of the specified image' -x
complete -c gantry -n '__gantry_at "manifest add"' -l artifact -d 'Add all arguments as artifact files rather than as images'
complete -c gantry -n '__gantry_at "manifest add"' -l artifact-config -d 'Artifact configuration file' -rF
complete -c gantry -n '__gantry_at "manifest add"' -l artifact-config-type -d 'Artifact configuration media type' -x
complete -c gantry -n '__gantry_at "manifest add"' -l artifact-exclude-titles -d 'Refrain from setting "org.opencontainers.image.title" annotations on layers'
complete -c gantry -n '__gantry_at "manifest add"' -l artifact-layer-type -d 'Artifact layer media type' -x
complete -c gantry -n '__gantry_at "manifest add"' -l artifact-subject -d 'Image that the artifact is about' -x
complete -c gantry -n '__gantry_at "manifest add"' -l artifact-type -d 'Override the artifactType value (default: application/vnd.unknown.artifact.v1)' -x
complete -c gantry -n '__gantry_at "manifest add"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "manifest add"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "manifest add"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "manifest add"' -l features -d 'Override the features of the specified image' -x
complete -c gantry -n '__gantry_at "manifest add"' -l os -d 'Override the OS of the specified image' -x
complete -c gantry -n '__gantry_at "manifest add"' -l os-version -d 'Override the OS version of the specified image' -x
complete -c gantry -n '__gantry_at "manifest add"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "manifest add"' -l variant -d 'Override the variant of the specified image' -x
complete -c gantry -n '__gantry_at "manifest add"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "manifest annotate"' -l annotation -d 'Set an annotation (KEY=VALUE) for the specified image' -x
complete -c gantry -n '__gantry_at "manifest annotate"' -l arch -d 'Override the architecture of the specified image' -x
complete -c gantry -n '__gantry_at "manifest annotate"' -l features -d 'Override the features of the specified image' -x
complete -c gantry -n '__gantry_at "manifest annotate"' -l index -d 'Apply --annotation values to the image index itself'
complete -c gantry -n '__gantry_at "manifest annotate"' -l os -d 'Override the OS of the specified image' -x
complete -c gantry -n '__gantry_at "manifest annotate"' -l os-features -d 'Override the OS features of the specified image' -x
complete -c gantry -n '__gantry_at "manifest annotate"' -l os-version -d 'Override the OS version of the specified image' -x
complete -c gantry -n '__gantry_at "manifest annotate"' -l subject -d 'Set the image to which the image index refers' -xa '(__gantry_images)'
complete -c gantry -n '__gantry_at "manifest annotate"' -l variant -d 'Override the variant of the specified image' -x
complete -c gantry -n '__gantry_at "manifest annotate"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "manifest create"' -l all -d 'Add all of the lists\' images if the images to add are lists'
complete -c gantry -n '__gantry_at "manifest create"' -l amend -s a -d 'Modify an existing list if one with the desired name already exists'
complete -c gantry -n '__gantry_at "manifest create"' -l annotation -d 'Set annotations (KEY=VALUE) on the new list' -x
complete -c gantry -n '__gantry_at "manifest create"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "manifest create"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "manifest exists"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "manifest inspect"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "manifest inspect"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "manifest inspect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "manifest push"' -l add-compression -d 'Add instances with selected compression (gzip or zstd) while pushing' -x
complete -c gantry -n '__gantry_at "manifest push"' -l all -d 'Also push the images in the list'
complete -c gantry -n '__gantry_at "manifest push"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "manifest push"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "manifest push"' -l compression-format -d 'Compression format to use: gzip, zstd or zstd:chunked (default: as it is in the store; plain layers gzip)' -x
complete -c gantry -n '__gantry_at "manifest push"' -l compression-level -d 'Compression level to use: 1 to 9 for gzip, 1 to 20 for zstd and zstd:chunked' -x
complete -c gantry -n '__gantry_at "manifest push"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "manifest push"' -l digestfile -d 'Write the digest of the pushed list to the specified file' -rF
complete -c gantry -n '__gantry_at "manifest push"' -l force-compression -d 'Compress layers anew that are compressed in another format (default: with --compression-format true, else false)'
complete -c gantry -n '__gantry_at "manifest push"' -l format -s f -d 'Manifest type (oci or v2s2) to use in the destination (default: that of the list and its images)' -x
complete -c gantry -n '__gantry_at "manifest push"' -l quiet -s q -d 'Suppress output information when pushing lists'
complete -c gantry -n '__gantry_at "manifest push"' -l remove-signatures -d 'Discard any pre-existing signatures in the image'
complete -c gantry -n '__gantry_at "manifest push"' -l rm -d 'Remove the list if the push succeeds'
complete -c gantry -n '__gantry_at "manifest push"' -l sign-by -d 'Add a signature at the destination using the specified GPG key' -x
complete -c gantry -n '__gantry_at "manifest push"' -l sign-by-sigstore -d 'Sign the image using a sigstore parameter file at PATH' -rF
complete -c gantry -n '__gantry_at "manifest push"' -l sign-by-sigstore-private-key -d 'Sign the image using a sigstore private key at PATH' -rF
complete -c gantry -n '__gantry_at "manifest push"' -l sign-passphrase-file -d 'Read a passphrase for signing an image from PATH' -rF
complete -c gantry -n '__gantry_at "manifest push"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "manifest push"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "manifest remove"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "manifest rm"' -l ignore -s i -d 'Ignore errors when a specified manifest is missing'
complete -c gantry -n '__gantry_at "manifest rm"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "manifest-digest"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "mount" "container mount"' -l all -s a -d 'Mount all containers'
complete -c gantry -n '__gantry_at "mount" "container mount"' -l format -d 'Print the mounted containers in specified format (json)' -x
complete -c gantry -n '__gantry_at "mount" "container mount"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "mount" "container mount"' -l no-trunc -d 'Do not truncate output'
complete -c gantry -n '__gantry_at "mount" "container mount"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network connect"' -l alias -d 'Another name for it in this network' -x
complete -c gantry -n '__gantry_at "network connect"' -l ip -d 'IPv4 address in this network' -x
complete -c gantry -n '__gantry_at "network connect"' -l ip6 -d 'IPv6 address in this network' -x
complete -c gantry -n '__gantry_at "network connect"' -l mac-address -d 'MAC address in this network' -x
complete -c gantry -n '__gantry_at "network connect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network create"' -l disable-dns -d 'Do not resolve names of containers in it'
complete -c gantry -n '__gantry_at "network create"' -l dns -d 'Name server instead of the host\'s' -x
complete -c gantry -n '__gantry_at "network create"' -l driver -s d -d 'Driver: bridge, macvlan, ipvlan' -x
complete -c gantry -n '__gantry_at "network create"' -l gateway -d 'Gateway of a subnet, in the order of the subnets' -x
complete -c gantry -n '__gantry_at "network create"' -l ignore -d 'One of this name that exists is no error'
complete -c gantry -n '__gantry_at "network create"' -l interface-name -d 'Name of the bridge; of macvlan and ipvlan the parent' -x
complete -c gantry -n '__gantry_at "network create"' -l internal -d 'No way out of it'
complete -c gantry -n '__gantry_at "network create"' -l ip-range -d 'Addresses of a subnet that containers get: a subnet, or FIRST-LAST' -x
complete -c gantry -n '__gantry_at "network create"' -l ipam-driver -d 'Who gives addresses: host-local, none' -x
complete -c gantry -n '__gantry_at "network create"' -l ipv6 -d 'IPv6 as well as IPv4'
complete -c gantry -n '__gantry_at "network create"' -l label -d 'Add a label' -x
complete -c gantry -n '__gantry_at "network create"' -l opt -s o -d 'Option of the driver: mtu, vlan, isolate, mode, parent, metric, no_default_route, bclim' -x
complete -c gantry -n '__gantry_at "network create"' -l route -d 'Route of the containers' -x
complete -c gantry -n '__gantry_at "network create"' -l subnet -d 'Subnet, such as 10.1.2.0/24; a free one unless said' -x
complete -c gantry -n '__gantry_at "network create"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network disconnect"' -l force -s f -d 'Accepted for compatibility: nothing stops a disconnection here'
complete -c gantry -n '__gantry_at "network disconnect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network exists"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network inspect"' -l format -s f -d 'Format the output to a Go template or json' -x
complete -c gantry -n '__gantry_at "network inspect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network list" "network ls"' -l filter -s f -d 'Only those that match: name, id, driver, label, until, dangling' -x
complete -c gantry -n '__gantry_at "network list" "network ls"' -l format -d 'json, or a Go template' -x
complete -c gantry -n '__gantry_at "network list" "network ls"' -l no-trunc -d 'Show ids in full'
complete -c gantry -n '__gantry_at "network list" "network ls"' -l noheading -s n -d 'Do not print headers'
complete -c gantry -n '__gantry_at "network list" "network ls"' -l quiet -s q -d 'Only names'
complete -c gantry -n '__gantry_at "network list" "network ls"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network prune"' -l filter -d 'Only those that match: label, until' -x
complete -c gantry -n '__gantry_at "network prune"' -l force -s f -d 'Do not prompt for confirmation'
complete -c gantry -n '__gantry_at "network prune"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network reload"' -l all -s a -d 'Reload the networks of all containers'
complete -c gantry -n '__gantry_at "network reload"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "network reload"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network rm" "network remove"' -l force -s f -d 'Remove the containers that are in it, too'
complete -c gantry -n '__gantry_at "network rm" "network remove"' -l time -s t -d 'Seconds to wait for containers to stop before killing them' -x
complete -c gantry -n '__gantry_at "network rm" "network remove"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "network update"' -l dns-add -d 'Add a name server' -x
complete -c gantry -n '__gantry_at "network update"' -l dns-drop -d 'Remove a name server' -x
complete -c gantry -n '__gantry_at "network update"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pause" "container pause"' -l all -s a -d 'Pause all running containers'
complete -c gantry -n '__gantry_at "pause" "container pause"' -l cidfile -d 'Read the container ID from the file' -rF
complete -c gantry -n '__gantry_at "pause" "container pause"' -l filter -s f -d 'Filter by conditions given' -x
complete -c gantry -n '__gantry_at "pause" "container pause"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "pause" "container pause"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod clone"' -l blkio-weight -d 'Weight of its block I/O beside others, 10 to 1000' -x
complete -c gantry -n '__gantry_at "pod clone"' -l blkio-weight-device -d 'The same for one device' -rF
complete -c gantry -n '__gantry_at "pod clone"' -l cgroup-parent -d 'Make its control group below this one' -x
complete -c gantry -n '__gantry_at "pod clone"' -l cpu-shares -s c -d 'CPU weight beside others; 1024 is usual' -x
complete -c gantry -n '__gantry_at "pod clone"' -l cpus -d 'CPU time, as a number of CPUs: 1.5' -x
complete -c gantry -n '__gantry_at "pod clone"' -l cpuset-cpus -d 'CPUs to run on: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "pod clone"' -l cpuset-mems -d 'Memory nodes to use: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "pod clone"' -l destroy -d 'Remove the original pod, which must not run'
complete -c gantry -n '__gantry_at "pod clone"' -l device -d 'Add a device of the host, or a vendor\'s by its CDI name: vendor/class=name' -x
complete -c gantry -n '__gantry_at "pod clone"' -l device-read-bps -d 'Most bytes a second read from a device' -rF
complete -c gantry -n '__gantry_at "pod clone"' -l device-write-bps -d 'Most bytes a second written to a device' -rF
complete -c gantry -n '__gantry_at "pod clone"' -l gidmap -d 'Group ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "pod clone"' -l gpus -d 'Add NVIDIA\'s devices by the names of their CDI file: all, 0, …' -x
complete -c gantry -n '__gantry_at "pod clone"' -l hostname -s h -d 'Host name inside; the id unless said' -x
complete -c gantry -n '__gantry_at "pod clone"' -l infra-command -d 'What runs in the infra container; Gantry\'s own pause program unless said' -x
complete -c gantry -n '__gantry_at "pod clone"' -l infra-conmon-pidfile -d 'Write the pid of the infra container\'s monitor to this file' -rF
complete -c gantry -n '__gantry_at "pod clone"' -l infra-name -d 'Name of the infra container' -x
complete -c gantry -n '__gantry_at "pod clone"' -l label -s l -d 'Add a label' -x
complete -c gantry -n '__gantry_at "pod clone"' -l label-file -d 'Read labels from a file' -rF
complete -c gantry -n '__gantry_at "pod clone"' -l memory -s m -d 'Memory limit: 512m, 2g' -x
complete -c gantry -n '__gantry_at "pod clone"' -l memory-swap -d 'Memory and swap together; -1 for no limit' -x
complete -c gantry -n '__gantry_at "pod clone"' -l name -s n -d 'Name of the new pod; the name of the original and "-clone" unless said' -x
complete -c gantry -n '__gantry_at "pod clone"' -l pid -d 'Process namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "pod clone"' -l restart -d 'What follows its end: no, always, unless-stopped, on-failure[:N]; with ,unhealthy also a failed health' -x
complete -c gantry -n '__gantry_at "pod clone"' -l security-opt -d 'seccomp=PROFILE|unconfined, apparmor=PROFILE, no-new-privileges, mask=PATHS, unmask=PATHS|ALL, proc-opts=OPTIONS' -x
complete -c gantry -n '__gantry_at "pod clone"' -l shm-size -d 'Size of /dev/shm' -x
complete -c gantry -n '__gantry_at "pod clone"' -l shm-size-systemd -d 'Size of each tmpfs that systemd gets' -x
complete -c gantry -n '__gantry_at "pod clone"' -l start -d 'Start the new pod'
complete -c gantry -n '__gantry_at "pod clone"' -l subgidname -d 'Whose group ids of /etc/subgid the container gets' -x
complete -c gantry -n '__gantry_at "pod clone"' -l subuidname -d 'Whose user ids of /etc/subuid the container gets' -x
complete -c gantry -n '__gantry_at "pod clone"' -l sysctl -d 'Kernel parameter of its namespaces' -x
complete -c gantry -n '__gantry_at "pod clone"' -l uidmap -d 'User ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "pod clone"' -l userns -d 'User namespace: host, auto[:size=N], keep-id[:uid=N,gid=N,size=N], nomap, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "pod clone"' -l uts -d 'Host name namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "pod clone"' -l volume -s v -d 'Mount a volume, or bind a file or folder of the host; options: ro, U, O, idmap, …' -rF
complete -c gantry -n '__gantry_at "pod clone"' -l volumes-from -d 'Mount what another container mounts' -xa '(__gantry_containers)'
complete -c gantry -n '__gantry_at "pod clone"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod create"' -l add-host -d 'Add a line to /etc/hosts; host-gateway stands for the host\'s address' -x
complete -c gantry -n '__gantry_at "pod create"' -l blkio-weight -d 'Weight of its block I/O beside others, 10 to 1000' -x
complete -c gantry -n '__gantry_at "pod create"' -l blkio-weight-device -d 'The same for one device' -rF
complete -c gantry -n '__gantry_at "pod create"' -l cgroup-parent -d 'Make its control group below this one' -x
complete -c gantry -n '__gantry_at "pod create"' -l cpu-shares -s c -d 'CPU weight beside others; 1024 is usual' -x
complete -c gantry -n '__gantry_at "pod create"' -l cpus -d 'CPU time, as a number of CPUs: 1.5' -x
complete -c gantry -n '__gantry_at "pod create"' -l cpuset-cpus -d 'CPUs to run on: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "pod create"' -l cpuset-mems -d 'Memory nodes to use: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "pod create"' -l device -d 'Add a device of the host, or a vendor\'s by its CDI name: vendor/class=name' -x
complete -c gantry -n '__gantry_at "pod create"' -l device-read-bps -d 'Most bytes a second read from a device' -rF
complete -c gantry -n '__gantry_at "pod create"' -l device-write-bps -d 'Most bytes a second written to a device' -rF
complete -c gantry -n '__gantry_at "pod create"' -l dns -d 'Name server instead of the host\'s; none leaves the image\'s resolv.conf' -x
complete -c gantry -n '__gantry_at "pod create"' -l dns-option -d 'Option for resolv.conf' -x
complete -c gantry -n '__gantry_at "pod create"' -l dns-search -d 'Search domain for resolv.conf; . for none' -x
complete -c gantry -n '__gantry_at "pod create"' -l exit-policy -d 'When the last container has ended: continue, or stop the pod' -x
complete -c gantry -n '__gantry_at "pod create"' -l gidmap -d 'Group ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "pod create"' -l gpus -d 'Add NVIDIA\'s devices by the names of their CDI file: all, 0, …' -x
complete -c gantry -n '__gantry_at "pod create"' -l hostname -s h -d 'Host name inside; the id unless said' -x
complete -c gantry -n '__gantry_at "pod create"' -l hosts-file -d 'Base of /etc/hosts: a file, none, or image; the host\'s unless said' -rF
complete -c gantry -n '__gantry_at "pod create"' -l infra -d 'Make an infra container, by which namespaces are shared'
complete -c gantry -n '__gantry_at "pod create"' -l infra-command -d 'What runs in the infra container; Gantry\'s own pause program unless said' -x
complete -c gantry -n '__gantry_at "pod create"' -l infra-conmon-pidfile -d 'Write the pid of the infra container\'s monitor to this file' -rF
complete -c gantry -n '__gantry_at "pod create"' -l infra-image -d 'Make the infra container of this image; it needs none' -xa '(__gantry_images)'
complete -c gantry -n '__gantry_at "pod create"' -l infra-name -d 'Name of the infra container' -x
complete -c gantry -n '__gantry_at "pod create"' -l ip -d 'IPv4 address in its network' -x
complete -c gantry -n '__gantry_at "pod create"' -l ip6 -d 'IPv6 address in its network' -x
complete -c gantry -n '__gantry_at "pod create"' -l label -s l -d 'Add a label' -x
complete -c gantry -n '__gantry_at "pod create"' -l label-file -d 'Read labels from a file' -rF
complete -c gantry -n '__gantry_at "pod create"' -l mac-address -d 'MAC address in its network' -x
complete -c gantry -n '__gantry_at "pod create"' -l memory -s m -d 'Memory limit: 512m, 2g' -x
complete -c gantry -n '__gantry_at "pod create"' -l memory-swap -d 'Memory and swap together; -1 for no limit' -x
complete -c gantry -n '__gantry_at "pod create"' -l name -s n -d 'Name of the pod; a random one unless said' -x
complete -c gantry -n '__gantry_at "pod create"' -l network -d 'Network: bridge, none, host, private, NETWORK[:ip=,mac=,alias=,interface_name=], container:NAME, ns:PATH, pasta[:OPTIONS], slirp4netns[:OPTIONS]' -xa '(__gantry_networks)'
complete -c gantry -n '__gantry_at "pod create"' -l network-alias -d 'Another name for it in its networks' -x
complete -c gantry -n '__gantry_at "pod create"' -l no-hostname -d 'Leave the image\'s /etc/hostname'
complete -c gantry -n '__gantry_at "pod create"' -l no-hosts -d 'Leave the image\'s /etc/hosts'
complete -c gantry -n '__gantry_at "pod create"' -l pid -d 'Process namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "pod create"' -l pod-id-file -d 'Write the pod\'s id to this file' -rF
complete -c gantry -n '__gantry_at "pod create"' -l publish -s p -d 'Publish a port or a range on the host; a random one where none is named' -x
complete -c gantry -n '__gantry_at "pod create"' -l replace -d 'Remove a pod of the same name first'
complete -c gantry -n '__gantry_at "pod create"' -l restart -d 'What follows its end: no, always, unless-stopped, on-failure[:N]; with ,unhealthy also a failed health' -x
complete -c gantry -n '__gantry_at "pod create"' -l security-opt -d 'seccomp=PROFILE|unconfined, apparmor=PROFILE, no-new-privileges, mask=PATHS, unmask=PATHS|ALL, proc-opts=OPTIONS' -x
complete -c gantry -n '__gantry_at "pod create"' -l share -d 'What its containers share: cgroup, ipc, net, pid, uts, or none; + adds to the usual ones' -x
complete -c gantry -n '__gantry_at "pod create"' -l share-parent -d 'Put its containers into the pod\'s control group'
complete -c gantry -n '__gantry_at "pod create"' -l shm-size -d 'Size of /dev/shm' -x
complete -c gantry -n '__gantry_at "pod create"' -l shm-size-systemd -d 'Size of each tmpfs that systemd gets' -x
complete -c gantry -n '__gantry_at "pod create"' -l subgidname -d 'Whose group ids of /etc/subgid the container gets' -x
complete -c gantry -n '__gantry_at "pod create"' -l subuidname -d 'Whose user ids of /etc/subuid the container gets' -x
complete -c gantry -n '__gantry_at "pod create"' -l sysctl -d 'Kernel parameter of its namespaces' -x
complete -c gantry -n '__gantry_at "pod create"' -l uidmap -d 'User ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "pod create"' -l userns -d 'User namespace: host, auto[:size=N], keep-id[:uid=N,gid=N,size=N], nomap, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "pod create"' -l uts -d 'Host name namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "pod create"' -l volume -s v -d 'Mount a volume, or bind a file or folder of the host; options: ro, U, O, idmap, …' -rF
complete -c gantry -n '__gantry_at "pod create"' -l volumes-from -d 'Mount what another container mounts' -xa '(__gantry_containers)'
complete -c gantry -n '__gantry_at "pod create"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod exists"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod inspect"' -l format -s f -d 'Format the output to a Go template or json' -x
complete -c gantry -n '__gantry_at "pod inspect"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod inspect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod kill"' -l all -s a -d 'Kill all containers in all pods'
complete -c gantry -n '__gantry_at "pod kill"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod kill"' -l signal -s s -d 'Signal to send to the containers in the pod' -x
complete -c gantry -n '__gantry_at "pod kill"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod logs"' -l color -d 'Output the containers with different colors in the log'
complete -c gantry -n '__gantry_at "pod logs"' -l container -s c -d 'Filter logs by container name or id which belongs to the pod' -xa '(__gantry_containers)'
complete -c gantry -n '__gantry_at "pod logs"' -l follow -s f -d 'Follow log output'
complete -c gantry -n '__gantry_at "pod logs"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod logs"' -l names -s n -d 'Output the container name in the log'
complete -c gantry -n '__gantry_at "pod logs"' -l since -d 'Show logs since TIMESTAMP' -x
complete -c gantry -n '__gantry_at "pod logs"' -l tail -d 'Output this many lines at the end of the logs; -1 prints all' -x
complete -c gantry -n '__gantry_at "pod logs"' -l timestamps -s t -d 'Output the timestamps in the log'
complete -c gantry -n '__gantry_at "pod logs"' -l until -d 'Show logs until TIMESTAMP' -x
complete -c gantry -n '__gantry_at "pod logs"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod pause"' -l all -s a -d 'Pause all running pods'
complete -c gantry -n '__gantry_at "pod pause"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod pause"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod prune"' -l force -s f -d 'Do not prompt for confirmation'
complete -c gantry -n '__gantry_at "pod prune"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l ctr-ids -d 'Display the container UUIDs'
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l ctr-names -d 'Display the container names'
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l ctr-status -d 'Display the container status'
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l filter -s f -d 'Filter output based on conditions given' -x
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l format -d 'Pretty-print pods to JSON or using a Go template' -x
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l no-trunc -d 'Do not truncate pod and container IDs'
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l noheading -s n -d 'Do not print headers'
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l ns -d 'Display namespace information of the pod'
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l quiet -s q -d 'Print the numeric IDs of the pods only'
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l sort -d 'Sort output by created, id, name, number, or status' -x
complete -c gantry -n '__gantry_at "pod ps" "pod list" "pod ls"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod restart"' -l all -s a -d 'Restart all pods'
complete -c gantry -n '__gantry_at "pod restart"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod restart"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod rm"' -l all -s a -d 'Remove all pods'
complete -c gantry -n '__gantry_at "pod rm"' -l force -s f -d 'Force removal of a running pod by first stopping all containers'
complete -c gantry -n '__gantry_at "pod rm"' -l ignore -s i -d 'Ignore errors when a specified pod is missing'
complete -c gantry -n '__gantry_at "pod rm"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod rm"' -l pod-id-file -d 'Read the pod ID from the file' -rF
complete -c gantry -n '__gantry_at "pod rm"' -l time -s t -d 'Seconds to wait for stop before killing the container' -x
complete -c gantry -n '__gantry_at "pod rm"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod start"' -l all -s a -d 'Start all pods'
complete -c gantry -n '__gantry_at "pod start"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod start"' -l pod-id-file -d 'Read the pod ID from the file' -rF
complete -c gantry -n '__gantry_at "pod start"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod stats"' -l all -s a -d 'Provide stats for all pods'
complete -c gantry -n '__gantry_at "pod stats"' -l format -d 'Pretty-print statistics to JSON or using a Go template' -x
complete -c gantry -n '__gantry_at "pod stats"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod stats"' -l no-reset -d 'Do not clear the screen before each report'
complete -c gantry -n '__gantry_at "pod stats"' -l no-stream -d 'Report once'
complete -c gantry -n '__gantry_at "pod stats"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod stop"' -l all -s a -d 'Stop all running pods'
complete -c gantry -n '__gantry_at "pod stop"' -l ignore -s i -d 'Ignore errors when a specified pod is missing'
complete -c gantry -n '__gantry_at "pod stop"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod stop"' -l pod-id-file -d 'Read the pod ID from the file' -rF
complete -c gantry -n '__gantry_at "pod stop"' -l time -s t -d 'Seconds to wait for stop before killing the container' -x
complete -c gantry -n '__gantry_at "pod stop"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod top"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod top"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pod unpause"' -l all -s a -d 'Unpause all paused pods'
complete -c gantry -n '__gantry_at "pod unpause"' -l latest -s l -d 'Act on the latest pod that Gantry is aware of'
complete -c gantry -n '__gantry_at "pod unpause"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "port" "container port"' -l all -s a -d 'Show all containers that publish ports'
complete -c gantry -n '__gantry_at "port" "container port"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "port" "container port"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l all -s a -d 'Show all the containers, default is only running containers'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l external -d 'Show working containers, too: those of `buildah from`'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l filter -s f -d 'Filter output based on conditions given' -x
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l format -d 'Pretty-print containers to JSON or using a Go template' -x
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l last -s n -d 'Print the n last created containers (all states)' -x
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l latest -s l -d 'Show the latest container (all states)'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l no-trunc -d 'Display the extended information'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l noheading -d 'Do not print headers'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l ns -d 'Display namespace information'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l pod -s p -d 'Print the ID and name of the pod the containers are associated with'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l quiet -s q -d 'Print the numeric IDs of the containers only'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l size -s s -d 'Display the total file sizes'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l sort -d 'Sort output by: command, created, id, image, names, runningfor, size, status' -xa 'command created id image names runningfor size status'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l sync -d 'Sync container state with OCI runtime'
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l watch -s w -d 'Watch the ps output on an interval in seconds' -x
complete -c gantry -n '__gantry_at "ps" "container ps" "container list" "container ls"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l all-tags -s a -d 'All tagged images in the repository will be pulled'
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l arch -d 'Use ARCH instead of the architecture of the machine for choosing images' -x
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l decryption-key -d 'Private key that opens encrypted layers; its passphrase also as file=PATH or fd=N' -rF
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l disable-content-trust -d 'Accepted for compatibility with docker: there is no content trust to disable'
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l os -d 'Use OS instead of the running OS for choosing images' -x
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l platform -d 'Specify the platform for selecting the image.  (Conflicts with arch and os)' -x
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l quiet -s q -d 'Suppress output information when pulling images'
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l retry -d 'Number of times to retry in case of failure when performing pull' -x
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l variant -d 'Use VARIANT instead of the running architecture variant for choosing images' -x
complete -c gantry -n '__gantry_at "pull" "buildah pull" "image pull"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l compress -d 'Compress layers when pushing to a directory using the \'dir\' transport (default: as they are)'
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l compression-format -d 'Compression format to use: gzip, zstd or zstd:chunked (default: as it is in the store; plain layers gzip)' -x
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l compression-level -d 'Compression level to use: 1 to 9 for gzip, 1 to 20 for zstd and zstd:chunked' -x
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l digestfile -d 'Write the digest of the pushed image to the specified file' -rF
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l disable-content-trust -d 'Accepted for compatibility with docker: there is no content trust to disable'
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l encrypt-layer -d 'Layers to encrypt: from 0 on, or from -1, the last, backwards (default: with --encryption-key all)' -x
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l encryption-key -d 'For whom layers are encrypted: jwe:FILE with a public key, or pkcs7:FILE with a certificate' -rF
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l force-compression -d 'Compress layers anew that are compressed in another format (default: with --compression-format true, else false)'
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l format -s f -d 'Manifest type (oci or v2s2) to use in the destination (default: that of the image)' -x
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l quiet -s q -d 'Suppress output information when pushing images'
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l remove-signatures -d 'Discard any pre-existing signatures in the image'
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l retry -d 'Number of times to retry in case of failure when performing push' -x
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l retry-delay -d 'Delay between retries in case of push failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l sign-by -d 'Add a signature at the destination using the specified GPG key' -x
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l sign-by-sigstore -d 'Sign the image using a sigstore parameter file at PATH' -rF
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l sign-by-sigstore-private-key -d 'Sign the image using a sigstore private key at PATH' -rF
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l sign-passphrase-file -d 'Read a passphrase for signing an image from PATH' -rF
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "push" "buildah push" "image push"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "quadlet"' -l dryrun -d 'Print the services instead of writing them'
complete -c gantry -n '__gantry_at "quadlet"' -l no-kmsg-log -d 'Log to standard error, not to the kernel\'s log'
complete -c gantry -n '__gantry_at "quadlet"' -l user -d 'Read quadlets of users, for a user\'s service manager'
complete -c gantry -n '__gantry_at "quadlet"' -l verbose -s v -d 'Tell what is read and written'
complete -c gantry -n '__gantry_at "quadlet"' -l version -d 'Print the version'
complete -c gantry -n '__gantry_at "quadlet"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "rename" "buildah rename" "container rename"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "restart" "container restart"' -l all -s a -d 'Restart all containers regardless of their state'
complete -c gantry -n '__gantry_at "restart" "container restart"' -l cidfile -d 'Read the container ID from the file' -rF
complete -c gantry -n '__gantry_at "restart" "container restart"' -l filter -s f -d 'Filter by conditions given' -x
complete -c gantry -n '__gantry_at "restart" "container restart"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "restart" "container restart"' -l running -d 'Restart only running containers'
complete -c gantry -n '__gantry_at "restart" "container restart"' -l time -s t -d 'Seconds to wait for stop before killing the container' -x
complete -c gantry -n '__gantry_at "restart" "container restart"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "rm" "container rm"' -l all -s a -d 'Remove all containers'
complete -c gantry -n '__gantry_at "rm" "container rm"' -l cidfile -d 'Read the container ID from the file' -rF
complete -c gantry -n '__gantry_at "rm" "container rm"' -l depend -d 'Remove container and all containers that depend on the selected container'
complete -c gantry -n '__gantry_at "rm" "container rm"' -l filter -d 'Filter by conditions given' -x
complete -c gantry -n '__gantry_at "rm" "container rm"' -l force -s f -d 'Force removal of a running or unusable container'
complete -c gantry -n '__gantry_at "rm" "container rm"' -l ignore -s i -d 'Ignore errors when a specified container is missing'
complete -c gantry -n '__gantry_at "rm" "container rm"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "rm" "container rm"' -l time -s t -d 'Seconds to wait for stop before killing the container' -x
complete -c gantry -n '__gantry_at "rm" "container rm"' -l volumes -s v -d 'Remove anonymous volumes associated with the container'
complete -c gantry -n '__gantry_at "rm" "container rm"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "rmi" "buildah rmi" "image rm" "image remove"' -l all -s a -d 'Remove all images'
complete -c gantry -n '__gantry_at "rmi" "buildah rmi" "image rm" "image remove"' -l force -s f -d 'Force Removal of the image'
complete -c gantry -n '__gantry_at "rmi" "buildah rmi" "image rm" "image remove"' -l ignore -s i -d 'Ignore errors if a specified image does not exist'
complete -c gantry -n '__gantry_at "rmi" "buildah rmi" "image rm" "image remove"' -l no-prune -d 'Accepted for compatibility: images have no dangling parents here'
complete -c gantry -n '__gantry_at "rmi" "buildah rmi" "image rm" "image remove"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "run" "container run"' -l add-host -d 'Add a line to /etc/hosts; host-gateway stands for the host\'s address' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l annotation -d 'Add an annotation, for the runtime' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l arch -d 'Choose an image by architecture instead of this machine\'s' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l attach -s a -d 'Attach to stdin, stdout or stderr' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l authfile -d 'Credentials for registries' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l blkio-weight -d 'Weight of its block I/O beside others, 10 to 1000' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l blkio-weight-device -d 'The same for one device' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l cap-add -d 'Add a capability, or ALL' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cap-drop -d 'Drop a capability, or ALL' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cgroup-conf -d 'Write to a file of its control group, on cgroup v2: memory.high=1073741824' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cgroup-parent -d 'Make its control group below this one' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cgroupns -d 'Control group namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cgroups -d 'Its control group: enabled, disabled, no-conmon (the monitor stays in ours), split (both below ours)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l chrootdirs -d 'Folder inside that serves as a root: /etc/hosts, resolv.conf… are mounted there, too' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cidfile -d 'Write the id to this file, which goes with the container' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l conmon-pidfile -d 'Write the monitor\'s pid to this file' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l cpu-period -d 'Period that --cpu-quota is of; 100000 is usual' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cpu-quota -d 'CPU time in each period' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cpu-rt-period -d 'Real-time period; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cpu-rt-runtime -d 'Real-time CPU time in it; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cpu-shares -s c -d 'CPU weight beside others; 1024 is usual' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cpus -d 'CPU time, as a number of CPUs: 1.5' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cpuset-cpus -d 'CPUs to run on: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l cpuset-mems -d 'Memory nodes to use: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l decryption-key -d 'Private key that opens encrypted layers; its passphrase also as file=PATH or fd=N' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l detach -s d -d 'Run container in background and print container ID'
complete -c gantry -n '__gantry_at "run" "container run"' -l detach-keys -d 'Override the key sequence for detaching: a single character, or a comma separated sequence of ctrl-<value>, where <value> is one of a-z @ ^ [ \\ ] _ ; empty for none' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l device -d 'Add a device of the host, or a vendor\'s by its CDI name: vendor/class=name' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l device-cgroup-rule -d 'Allow devices by their numbers: "c 13:* rwm"' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l device-read-bps -d 'Most bytes a second read from a device' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l device-read-iops -d 'Most reads a second from a device' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l device-write-bps -d 'Most bytes a second written to a device' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l device-write-iops -d 'Most writes a second to a device' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l dns -d 'Name server instead of the host\'s; none leaves the image\'s resolv.conf' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l dns-option -d 'Option for resolv.conf' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l dns-search -d 'Search domain for resolv.conf; . for none' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l entrypoint -d 'Run this instead of the image\'s entrypoint; several words as a JSON list' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l env -s e -d 'Set an environment variable; without a value, pass ours' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l env-file -d 'Read environment variables from a file' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l env-host -d 'Pass our whole environment'
complete -c gantry -n '__gantry_at "run" "container run"' -l env-merge -d 'Set a variable to a text that speaks of the image\'s: --env-merge \'GREETING=${GREETING}!\'' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l expose -d 'Say that the container listens on a port or a range' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l gidmap -d 'Group ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l gpus -d 'Add NVIDIA\'s devices by the names of their CDI file: all, 0, …' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l group-add -d 'Further group of the process; keep-groups: those of the caller' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l group-entry -d 'Line of /etc/group for a group that is only a number; $GROUPNAME, $GID, $USERLIST' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-cmd -d 'Check its health so: a line for its shell, a JSON list of words, or none' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-interval -d 'From one health check to the next; disable: only by hand (30s unless said)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-log-destination -d 'Log of health checks: local (with the container), events_logger, or a folder' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "run" "container run"' -l health-max-log-count -d 'Health checks that the log keeps; 0 is all (5 unless said)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-max-log-size -d 'What the log keeps of each one\'s output; 0 is all (500 unless said)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-on-failure -d 'What to do when it is unhealthy' -xa 'none kill restart stop'
complete -c gantry -n '__gantry_at "run" "container run"' -l health-retries -d 'Failures in a row that make it unhealthy (3 unless said)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-start-period -d 'Failures do not count so long after its start (0s unless said)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-startup-cmd -d 'Check so until that succeeds, and only then as --health-cmd says' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-startup-interval -d 'From one startup check to the next; disable: only by hand (30s unless said)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-startup-retries -d 'Failures of the startup check that start the container again; 0 never does' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-startup-success -d 'Successes in a row that end the startup checks (1 unless said)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-startup-timeout -d 'A startup check that takes longer has failed (30s unless said)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l health-timeout -d 'A health check that takes longer is killed, and has failed (30s unless said)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l hostname -s h -d 'Host name inside; the id unless said' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l hosts-file -d 'Base of /etc/hosts: a file, none, or image; the host\'s unless said' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l hostuser -d 'Add a user of the host to /etc/passwd' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l http-proxy -d 'Pass our proxy variables'
complete -c gantry -n '__gantry_at "run" "container run"' -l image-volume -d 'What becomes of the image\'s volumes: anonymous (or bind), tmpfs, ignore' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l init -d 'Run an init that forwards signals and reaps processes'
complete -c gantry -n '__gantry_at "run" "container run"' -l init-ctr -d 'Run it to its end before the other containers of its pod: once, or always' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l init-path -d 'Program that --init runs' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l interactive -s i -d 'Keep standard input open'
complete -c gantry -n '__gantry_at "run" "container run"' -l ip -d 'IPv4 address in its network' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l ip6 -d 'IPv6 address in its network' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l ipc -d 'IPC namespace: host, none, private, shareable, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l label -s l -d 'Add a label' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l label-file -d 'Read labels from a file' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l log-driver -d 'Where output goes: k8s-file, json-file, journald, none, passthrough, passthrough-tty' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l log-opt -d 'Option of the log driver: path, max-size, max-file, tag' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l mac-address -d 'MAC address in its network' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l memory -s m -d 'Memory limit: 512m, 2g' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l memory-reservation -d 'What memory is taken back to when it is short' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l memory-swap -d 'Memory and swap together; -1 for no limit' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l memory-swappiness -d 'How readily it is swapped, 0 to 100; -1 as the system; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l mount -d 'Mount: type=bind, devpts, glob, image, ramfs, tmpfs or volume' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l name -d 'Name of the container; a random one unless said' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l network -d 'Network: bridge, none, host, private, NETWORK[:ip=,mac=,alias=,interface_name=], container:NAME, ns:PATH, pasta[:OPTIONS], slirp4netns[:OPTIONS]' -xa '(__gantry_networks)'
complete -c gantry -n '__gantry_at "run" "container run"' -l network-alias -d 'Another name for it in its networks' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l no-healthcheck -d 'Check no health, not even by the image\'s command'
complete -c gantry -n '__gantry_at "run" "container run"' -l no-hostname -d 'Leave the image\'s /etc/hostname'
complete -c gantry -n '__gantry_at "run" "container run"' -l no-hosts -d 'Leave the image\'s /etc/hosts'
complete -c gantry -n '__gantry_at "run" "container run"' -l oom-kill-disable -d 'Stop it instead of killing it when memory is short; cgroup v1 only'
complete -c gantry -n '__gantry_at "run" "container run"' -l oom-score-adj -d 'How readily the kernel kills it, -1000 to 1000' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l os -d 'Choose an image by operating system instead of this machine\'s' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l passwd -d 'Let /etc/passwd and /etc/group know who runs inside'
complete -c gantry -n '__gantry_at "run" "container run"' -l passwd-entry -d 'Line of /etc/passwd for a user who is only a number; $USERNAME, $UID, $GID, $NAME, $HOME' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l personality -d 'Execution domain: LINUX, or LINUX32 for 32-bit programs' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l pid -d 'Process namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l pidfile -d 'Write the container\'s pid to this file' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l pids-limit -d 'Most processes; 0 or -1 for no limit' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l platform -d 'Choose an image by platform' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l pod -d 'Run it in this pod; new:NAME makes one' -xa '(__gantry_pods)'
complete -c gantry -n '__gantry_at "run" "container run"' -l pod-id-file -d 'Read the pod\'s id from this file' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l preserve-fd -d 'Pass these file descriptors to the container (crun only)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l preserve-fds -d 'Pass N additional file descriptors to the container' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l privileged -d 'Give all capabilities, all devices and the kernel interfaces'
complete -c gantry -n '__gantry_at "run" "container run"' -l publish -s p -d 'Publish a port or a range on the host; a random one where none is named' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l publish-all -s P -d 'Publish all exposed ports on random ones of the host'
complete -c gantry -n '__gantry_at "run" "container run"' -l pull -d 'Pull the image: always, missing, never, newer' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l quiet -s q -d 'Show no progress of a pull'
complete -c gantry -n '__gantry_at "run" "container run"' -l rdt-class -d 'Class of service of Intel\'s RDT, below /sys/fs/resctrl' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l read-only -d 'Make the root file system read-only'
complete -c gantry -n '__gantry_at "run" "container run"' -l read-only-tmpfs -d 'With --read-only: keep /dev, /run, /tmp and /var/tmp writable'
complete -c gantry -n '__gantry_at "run" "container run"' -l replace -d 'Remove a container of the same name first'
complete -c gantry -n '__gantry_at "run" "container run"' -l requires -d 'Start these containers before it' -xa '(__gantry_containers)'
complete -c gantry -n '__gantry_at "run" "container run"' -l restart -d 'What follows its end: no, always, unless-stopped, on-failure[:N]; with ,unhealthy also a failed health' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l retry -d 'Number of times to retry in case of failure when performing pull' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l rm -d 'Remove the container when it has ended'
complete -c gantry -n '__gantry_at "run" "container run"' -l rmi -d 'Remove the image as well, unless others use it; implies --rm'
complete -c gantry -n '__gantry_at "run" "container run"' -l rootfs -d 'The first argument is no image, but the path of a root file system'
complete -c gantry -n '__gantry_at "run" "container run"' -l sdnotify -d 'Who tells systemd that the service is up: container (its program), conmon (we, once it runs), healthy (we, once a health check has succeeded), ignore (nobody)' -xa 'container conmon healthy ignore'
complete -c gantry -n '__gantry_at "run" "container run"' -l seccomp-policy -d 'Whose system calls are let through: default, or image: the profile in the image\'s label' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l secret -d 'Give it a secret, as a file (type=mount: target, uid, gid, mode) or as a variable (type=env: target)' -xa '(__gantry_secrets)'
complete -c gantry -n '__gantry_at "run" "container run"' -l security-opt -d 'seccomp=PROFILE|unconfined, apparmor=PROFILE, no-new-privileges, mask=PATHS, unmask=PATHS|ALL, proc-opts=OPTIONS' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l shm-size -d 'Size of /dev/shm' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l shm-size-systemd -d 'Size of each tmpfs that systemd gets' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l sig-proxy -d 'Proxy received signals to the process'
complete -c gantry -n '__gantry_at "run" "container run"' -l stop-signal -d 'Signal that stops it; the image\'s, or TERM' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l stop-timeout -d 'Seconds from the stop signal to KILL' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l subgidname -d 'Whose group ids of /etc/subgid the container gets' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l subuidname -d 'Whose user ids of /etc/subuid the container gets' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l sysctl -d 'Kernel parameter of its namespaces' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l systemd -d 'Make ready for systemd: true (where the command is systemd or init), false, always' -xa 'true false always'
complete -c gantry -n '__gantry_at "run" "container run"' -l timeout -d 'Kill it when it has run so long; 0 never' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l tls-verify -d 'Require HTTPS and verify certificates of registries'
complete -c gantry -n '__gantry_at "run" "container run"' -l tmpfs -d 'Mount a tmpfs' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l tty -s t -d 'Allocate a terminal'
complete -c gantry -n '__gantry_at "run" "container run"' -l tz -d 'Time zone inside, such as Europe/Berlin; local: the host\'s' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l uidmap -d 'User ids inside and outside, of a user namespace of its own' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l ulimit -d 'Resource limit; "host" for ours' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l umask -d 'File mode creation mask, octal' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l unsetenv -d 'Leave out a variable of the image or the configuration' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l unsetenv-all -d 'Leave out all variables but those given'
complete -c gantry -n '__gantry_at "run" "container run"' -l user -s u -d 'User and group, by name or number' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l userns -d 'User namespace: host, auto[:size=N], keep-id[:uid=N,gid=N,size=N], nomap, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l uts -d 'Host name namespace: host, private, container:NAME, ns:PATH' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l variant -d 'Choose an image by variant of the architecture' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l volume -s v -d 'Mount a volume, or bind a file or folder of the host; options: ro, U, O, idmap, …' -rF
complete -c gantry -n '__gantry_at "run" "container run"' -l volumes-from -d 'Mount what another container mounts' -xa '(__gantry_containers)'
complete -c gantry -n '__gantry_at "run" "container run"' -l workdir -s w -d 'Working directory inside' -x
complete -c gantry -n '__gantry_at "run" "container run"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "save" "image save"' -l compress -d 'Compress layers when saving to a directory using the \'docker-dir\' format'
complete -c gantry -n '__gantry_at "save" "image save"' -l format -d 'Save image to oci-archive, oci-dir, docker-dir, docker-archive' -x
complete -c gantry -n '__gantry_at "save" "image save"' -l multi-image-archive -s m -d 'Interpret additional arguments as images not tags and create a multi-image-archive (only for docker-archive)'
complete -c gantry -n '__gantry_at "save" "image save"' -l output -s o -d 'Write to a specified file (default: stdout, which must be redirected)' -rF
complete -c gantry -n '__gantry_at "save" "image save"' -l quiet -s q -d 'Suppress the output'
complete -c gantry -n '__gantry_at "save" "image save"' -l uncompressed -d 'Accept uncompressed layers when copying OCI images'
complete -c gantry -n '__gantry_at "save" "image save"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "search" "image search"' -l authfile -d 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override' -rF
complete -c gantry -n '__gantry_at "search" "image search"' -l cert-dir -d 'Pathname of a directory containing TLS certificates and keys' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "search" "image search"' -l compatible -d 'List stars, official and automated columns (Docker compatibility)'
complete -c gantry -n '__gantry_at "search" "image search"' -l creds -d 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry' -x
complete -c gantry -n '__gantry_at "search" "image search"' -l filter -s f -d 'Show only those that match: stars=N, is-official, is-automated' -x
complete -c gantry -n '__gantry_at "search" "image search"' -l format -d 'Format the output as JSON or by a Go template' -x
complete -c gantry -n '__gantry_at "search" "image search"' -l limit -d 'Limit the number of results of each registry (default: 25)' -x
complete -c gantry -n '__gantry_at "search" "image search"' -l list-tags -d 'List the tags of the input repository'
complete -c gantry -n '__gantry_at "search" "image search"' -l no-trunc -d 'Do not truncate the output'
complete -c gantry -n '__gantry_at "search" "image search"' -l tls-verify -d 'Require HTTPS and verify certificates when contacting registries'
complete -c gantry -n '__gantry_at "search" "image search"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "secret create"' -l driver -s d -d 'Where it is kept: file, pass or shell' -x
complete -c gantry -n '__gantry_at "secret create"' -l driver-opts -d 'Specify driver specific options' -x
complete -c gantry -n '__gantry_at "secret create"' -l env -d 'The second argument names a variable of the environment that holds it'
complete -c gantry -n '__gantry_at "secret create"' -l label -s l -d 'Add a label' -x
complete -c gantry -n '__gantry_at "secret create"' -l replace -d 'Replace a secret of that name'
complete -c gantry -n '__gantry_at "secret create"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "secret exists"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "secret inspect"' -l format -s f -d 'Format inspect output using a Go template' -x
complete -c gantry -n '__gantry_at "secret inspect"' -l pretty -d 'Print inspect output in human-readable format'
complete -c gantry -n '__gantry_at "secret inspect"' -l showsecret -d 'Show what the secret says, too'
complete -c gantry -n '__gantry_at "secret inspect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "secret ls" "secret list"' -l filter -s f -d 'Show only those that match: name, id' -x
complete -c gantry -n '__gantry_at "secret ls" "secret list"' -l format -d 'Format the output as JSON or by a Go template' -x
complete -c gantry -n '__gantry_at "secret ls" "secret list"' -l noheading -s n -d 'Do not print headers'
complete -c gantry -n '__gantry_at "secret ls" "secret list"' -l quiet -s q -d 'Print ids only'
complete -c gantry -n '__gantry_at "secret ls" "secret list"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "secret rm"' -l all -s a -d 'Remove all secrets'
complete -c gantry -n '__gantry_at "secret rm"' -l ignore -s i -d 'Ignore errors when a specified secret is missing'
complete -c gantry -n '__gantry_at "secret rm"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "standalone-sign"' -l output -s o -d 'Output the signature to SIGNATURE' -rF
complete -c gantry -n '__gantry_at "standalone-sign"' -l passphrase-file -d 'File that contains the key\'s passphrase (default: gpg\'s agent asks for it)' -rF
complete -c gantry -n '__gantry_at "standalone-sign"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "standalone-verify"' -l public-key-file -d 'File containing public keys (default: the user\'s keyring)' -rF
complete -c gantry -n '__gantry_at "standalone-verify"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "start" "container start"' -l all -d 'Start all containers regardless of their state or configuration'
complete -c gantry -n '__gantry_at "start" "container start"' -l attach -s a -d 'Attach container\'s STDOUT and STDERR'
complete -c gantry -n '__gantry_at "start" "container start"' -l detach-keys -d 'Override the key sequence for detaching: a single character, or a comma separated sequence of ctrl-<value>, where <value> is one of a-z @ ^ [ \\ ] _ ; empty for none' -x
complete -c gantry -n '__gantry_at "start" "container start"' -l filter -s f -d 'Filter by conditions given' -x
complete -c gantry -n '__gantry_at "start" "container start"' -l interactive -s i -d 'Make STDIN available to the contained process'
complete -c gantry -n '__gantry_at "start" "container start"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "start" "container start"' -l sig-proxy -d 'Proxy received signals to the process (default true if attaching, false otherwise)'
complete -c gantry -n '__gantry_at "start" "container start"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "stats" "container stats"' -l all -s a -d 'Show all containers, not only those that run'
complete -c gantry -n '__gantry_at "stats" "container stats"' -l format -d 'Pretty-print statistics to JSON or using a Go template' -x
complete -c gantry -n '__gantry_at "stats" "container stats"' -l interval -s i -d 'Time between two reports' -x
complete -c gantry -n '__gantry_at "stats" "container stats"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "stats" "container stats"' -l no-reset -d 'Do not clear the screen before each report'
complete -c gantry -n '__gantry_at "stats" "container stats"' -l no-stream -d 'Report once'
complete -c gantry -n '__gantry_at "stats" "container stats"' -l no-trunc -d 'Do not truncate ids'
complete -c gantry -n '__gantry_at "stats" "container stats"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "stop" "container stop"' -l all -s a -d 'Stop all running containers'
complete -c gantry -n '__gantry_at "stop" "container stop"' -l cidfile -d 'Read the container ID from the file' -rF
complete -c gantry -n '__gantry_at "stop" "container stop"' -l filter -s f -d 'Filter by conditions given' -x
complete -c gantry -n '__gantry_at "stop" "container stop"' -l ignore -s i -d 'Ignore errors when a specified container is missing'
complete -c gantry -n '__gantry_at "stop" "container stop"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "stop" "container stop"' -l time -s t -d 'Seconds to wait for stop before killing the container' -x
complete -c gantry -n '__gantry_at "stop" "container stop"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "sync"' -l all -s a -d 'Copy all images of a list'
complete -c gantry -n '__gantry_at "sync"' -l append-suffix -d 'Text that follows the tags, or folders, at the destination' -x
complete -c gantry -n '__gantry_at "sync"' -l authfile -d 'Path of the authentication file' -rF
complete -c gantry -n '__gantry_at "sync"' -l command-timeout -d 'Give up when the command has taken that long (default: never)' -x
complete -c gantry -n '__gantry_at "sync"' -l dest -s d -d 'Where the images go: docker or dir' -x
complete -c gantry -n '__gantry_at "sync"' -l dest-authfile -d 'Path of the authentication file of the destination' -rF
complete -c gantry -n '__gantry_at "sync"' -l dest-cert-dir -d 'Folder of certificates and keys of the destination' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "sync"' -l dest-creds -d 'Credentials of the destination' -x
complete -c gantry -n '__gantry_at "sync"' -l dest-no-creds -d 'Access the registry of the destination anonymously'
complete -c gantry -n '__gantry_at "sync"' -l dest-password -d 'Password for the registry of the destination' -x
complete -c gantry -n '__gantry_at "sync"' -l dest-registry-token -d 'Bearer token for the registry of the destination' -x
complete -c gantry -n '__gantry_at "sync"' -l dest-tls-verify -d 'Require HTTPS and verify certificates of the destination'
complete -c gantry -n '__gantry_at "sync"' -l dest-username -d 'User name for the registry of the destination' -x
complete -c gantry -n '__gantry_at "sync"' -l digestfile -d 'Write digest and place of each image that was copied to the specified file' -rF
complete -c gantry -n '__gantry_at "sync"' -l dry-run -d 'Say what would be copied, and copy nothing'
complete -c gantry -n '__gantry_at "sync"' -l format -s f -d 'Manifest type (oci or v2s2) to use in the destination (default: that of the source)' -x
complete -c gantry -n '__gantry_at "sync"' -l insecure-policy -d 'Ask no policy, not even that of --policy: any image is accepted'
complete -c gantry -n '__gantry_at "sync"' -l keep-going -d 'Go on with the others when an image cannot be copied'
complete -c gantry -n '__gantry_at "sync"' -l override-arch -d 'Choose that architecture\'s image of a list' -x
complete -c gantry -n '__gantry_at "sync"' -l override-os -d 'Choose that operating system\'s image of a list' -x
complete -c gantry -n '__gantry_at "sync"' -l override-variant -d 'Choose that variant\'s image of a list' -x
complete -c gantry -n '__gantry_at "sync"' -l policy -d 'policy.json in place of the one that is configured' -rF
complete -c gantry -n '__gantry_at "sync"' -l preserve-digests -d 'Fail rather than change a digest'
complete -c gantry -n '__gantry_at "sync"' -l registries.d -d 'Folder that says where signatures are, in place of those that are configured' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "sync"' -l remove-signatures -d 'Discard any pre-existing signatures in the image'
complete -c gantry -n '__gantry_at "sync"' -l retry-delay -d 'Delay between retries in case of pull failures (default: 500ms, doubled each time)' -x
complete -c gantry -n '__gantry_at "sync"' -l retry-times -d 'Number of times to retry in case of failure' -x
complete -c gantry -n '__gantry_at "sync"' -l scoped -d 'Keep the whole path of the images below the destination'
complete -c gantry -n '__gantry_at "sync"' -l sign-by -d 'Add a signature at the destination using the specified GPG key' -x
complete -c gantry -n '__gantry_at "sync"' -l sign-by-sigstore -d 'Sign the image using a sigstore parameter file at PATH' -rF
complete -c gantry -n '__gantry_at "sync"' -l sign-by-sigstore-private-key -d 'Sign the image using a sigstore private key at PATH' -rF
complete -c gantry -n '__gantry_at "sync"' -l sign-passphrase-file -d 'Read a passphrase for signing an image from PATH' -rF
complete -c gantry -n '__gantry_at "sync"' -l src -s s -d 'Where the images are: docker, dir or yaml' -x
complete -c gantry -n '__gantry_at "sync"' -l src-authfile -d 'Path of the authentication file of the source' -rF
complete -c gantry -n '__gantry_at "sync"' -l src-cert-dir -d 'Folder of certificates and keys of the source' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "sync"' -l src-creds -d 'Credentials of the source' -x
complete -c gantry -n '__gantry_at "sync"' -l src-no-creds -d 'Access the registry of the source anonymously'
complete -c gantry -n '__gantry_at "sync"' -l src-password -d 'Password for the registry of the source' -x
complete -c gantry -n '__gantry_at "sync"' -l src-registry-token -d 'Bearer token for the registry of the source' -x
complete -c gantry -n '__gantry_at "sync"' -l src-tls-verify -d 'Require HTTPS and verify certificates of the source'
complete -c gantry -n '__gantry_at "sync"' -l src-username -d 'User name for the registry of the source' -x
complete -c gantry -n '__gantry_at "sync"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "system check"' -l force -s f -d 'Heal what is found, and remove what cannot be healed'
complete -c gantry -n '__gantry_at "system check"' -l max -s m -d 'Age from which a layer that nothing uses is a problem' -x
complete -c gantry -n '__gantry_at "system check"' -l quick -s q -d 'Skip what takes long: reading all blobs'
complete -c gantry -n '__gantry_at "system check"' -l repair -s r -d 'Heal what is found'
complete -c gantry -n '__gantry_at "system check"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "system connection list" "system connection ls"' -l format -s f -d 'Custom Go template for printing connections' -x
complete -c gantry -n '__gantry_at "system connection list" "system connection ls"' -l quiet -s q -d 'Print only the names'
complete -c gantry -n '__gantry_at "system connection list" "system connection ls"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "system df"' -l format -d 'Pretty-print the summary to JSON or using a Go template' -x
complete -c gantry -n '__gantry_at "system df"' -l verbose -s v -d 'Show detailed information on disk usage'
complete -c gantry -n '__gantry_at "system df"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "system locks"' -l format -d 'Pretty-print the locks to JSON or using a Go template' -x
complete -c gantry -n '__gantry_at "system locks"' -l noheading -d 'Do not print headers'
complete -c gantry -n '__gantry_at "system locks"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "system migrate"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "system prune"' -l all -s a -d 'Remove all unused data'
complete -c gantry -n '__gantry_at "system prune"' -l build -d 'Remove what builds keep for the next ones'
complete -c gantry -n '__gantry_at "system prune"' -l external -d 'Remove what killed processes left, and nothing else'
complete -c gantry -n '__gantry_at "system prune"' -l filter -d 'Provide filter values (e.g. \'label=<key>=<value>\')' -x
complete -c gantry -n '__gantry_at "system prune"' -l force -s f -d 'Do not prompt for confirmation'
complete -c gantry -n '__gantry_at "system prune"' -l volumes -d 'Prune volumes that no container uses, too'
complete -c gantry -n '__gantry_at "system prune"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "system reset"' -l force -s f -d 'Do not prompt for confirmation'
complete -c gantry -n '__gantry_at "system reset"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "tag" "buildah tag" "image tag"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "top" "container top"' -l latest -s l -d 'Act on the latest container Gantry is aware of'
complete -c gantry -n '__gantry_at "top" "container top"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "unmount" "container unmount" "container umount" "umount"' -l all -s a -d 'Unmount all of the currently mounted containers'
complete -c gantry -n '__gantry_at "unmount" "container unmount" "container umount" "umount"' -l force -s f -d 'Force the complete unmount of the specified mounted containers'
complete -c gantry -n '__gantry_at "unmount" "container unmount" "container umount" "umount"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "unmount" "container unmount" "container umount" "umount"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "unpause" "container unpause"' -l all -s a -d 'Unpause all paused containers'
complete -c gantry -n '__gantry_at "unpause" "container unpause"' -l cidfile -d 'Read the container ID from the file' -rF
complete -c gantry -n '__gantry_at "unpause" "container unpause"' -l filter -s f -d 'Filter by conditions given' -x
complete -c gantry -n '__gantry_at "unpause" "container unpause"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "unpause" "container unpause"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "unshare" "buildah unshare"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "untag" "buildah untag" "image untag"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "update" "container update"' -l blkio-weight -d 'Weight of its block I/O beside others, 10 to 1000' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l blkio-weight-device -d 'The same for one device' -rF
complete -c gantry -n '__gantry_at "update" "container update"' -l cpu-period -d 'Period that --cpu-quota is of; 100000 is usual' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l cpu-quota -d 'CPU time in each period' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l cpu-rt-period -d 'Real-time period; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l cpu-rt-runtime -d 'Real-time CPU time in it; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l cpu-shares -s c -d 'CPU weight beside others; 1024 is usual' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l cpus -d 'CPU time, as a number of CPUs: 1.5' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l cpuset-cpus -d 'CPUs to run on: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l cpuset-mems -d 'Memory nodes to use: 0-3, 0,1' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l device-read-bps -d 'Most bytes a second read from a device' -rF
complete -c gantry -n '__gantry_at "update" "container update"' -l device-read-iops -d 'Most reads a second from a device' -rF
complete -c gantry -n '__gantry_at "update" "container update"' -l device-write-bps -d 'Most bytes a second written to a device' -rF
complete -c gantry -n '__gantry_at "update" "container update"' -l device-write-iops -d 'Most writes a second to a device' -rF
complete -c gantry -n '__gantry_at "update" "container update"' -l env -s e -d 'Set an environment variable' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-cmd -d 'Check its health so: a line for its shell, a JSON list of words, or none' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-interval -d 'From one health check to the next; disable: only by hand (30s unless said)' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-log-destination -d 'Log of health checks: local (with the container), events_logger, or a folder' -xa '(__fish_complete_directories)'
complete -c gantry -n '__gantry_at "update" "container update"' -l health-max-log-count -d 'Health checks that the log keeps; 0 is all (5 unless said)' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-max-log-size -d 'What the log keeps of each one\'s output; 0 is all (500 unless said)' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-on-failure -d 'What to do when it is unhealthy' -xa 'none kill restart stop'
complete -c gantry -n '__gantry_at "update" "container update"' -l health-retries -d 'Failures in a row that make it unhealthy (3 unless said)' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-start-period -d 'Failures do not count so long after its start (0s unless said)' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-startup-cmd -d 'Check so until that succeeds, and only then as --health-cmd says' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-startup-interval -d 'From one startup check to the next; disable: only by hand (30s unless said)' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-startup-retries -d 'Failures of the startup check that start the container again; 0 never does' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-startup-success -d 'Successes in a row that end the startup checks (1 unless said)' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-startup-timeout -d 'A startup check that takes longer has failed (30s unless said)' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l health-timeout -d 'A health check that takes longer is killed, and has failed (30s unless said)' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l memory -s m -d 'Memory limit: 512m, 2g' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l memory-reservation -d 'What memory is taken back to when it is short' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l memory-swap -d 'Memory and swap together; -1 for no limit' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l memory-swappiness -d 'How readily it is swapped, 0 to 100; -1 as the system; cgroup v1 only' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l no-healthcheck -d 'Check no health, not even by the image\'s command'
complete -c gantry -n '__gantry_at "update" "container update"' -l pids-limit -d 'Most processes; 0 or -1 for no limit' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l restart -d 'What follows its end: no, always, unless-stopped, on-failure[:N]; with ,unhealthy also a failed health' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l unsetenv -d 'Take an environment variable away' -x
complete -c gantry -n '__gantry_at "update" "container update"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "version" "buildah version"' -l format -s f -d 'Change the output format to JSON or a Go template' -x
complete -c gantry -n '__gantry_at "version" "buildah version"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume create"' -l driver -s d -d 'Driver of the volume: local, image, or a plugin' -x
complete -c gantry -n '__gantry_at "volume create"' -l ignore -d 'Leave a volume of that name as it is, and succeed'
complete -c gantry -n '__gantry_at "volume create"' -l label -s l -d 'Add a label' -x
complete -c gantry -n '__gantry_at "volume create"' -l opt -s o -d 'Option for the driver; local\'s are type, device and o (mount options, and uid, gid, nocopy), image\'s is image' -x
complete -c gantry -n '__gantry_at "volume create"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume exists"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume export"' -l output -s o -d 'Write to a specified file (default: stdout, which must be redirected)' -rF
complete -c gantry -n '__gantry_at "volume export"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume import"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume inspect"' -l all -s a -d 'Inspect all volumes'
complete -c gantry -n '__gantry_at "volume inspect"' -l format -s f -d 'Format the output to a Go template or json' -x
complete -c gantry -n '__gantry_at "volume inspect"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume ls" "volume list"' -l filter -s f -d 'Show only those that match: name, driver, label, opt, dangling, scope, after, since, until' -x
complete -c gantry -n '__gantry_at "volume ls" "volume list"' -l format -d 'Format the output as JSON or by a Go template' -x
complete -c gantry -n '__gantry_at "volume ls" "volume list"' -l noheading -s n -d 'Do not print headers'
complete -c gantry -n '__gantry_at "volume ls" "volume list"' -l quiet -s q -d 'Print names only'
complete -c gantry -n '__gantry_at "volume ls" "volume list"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume mount"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume prune"' -l filter -d 'Provide filter values (e.g. \'label=<key>=<value>\')' -x
complete -c gantry -n '__gantry_at "volume prune"' -l force -s f -d 'Do not prompt for confirmation'
complete -c gantry -n '__gantry_at "volume prune"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume reload"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume rm" "volume remove"' -l all -s a -d 'Remove all volumes'
complete -c gantry -n '__gantry_at "volume rm" "volume remove"' -l force -s f -d 'Remove the containers that use it, too, and pass over what is not there'
complete -c gantry -n '__gantry_at "volume rm" "volume remove"' -l time -s t -d 'Seconds to wait for stop before killing the container' -x
complete -c gantry -n '__gantry_at "volume rm" "volume remove"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "volume unmount"' -l help -s h -d 'Help for this command'

complete -c gantry -n '__gantry_at "wait" "container wait"' -l condition -d 'Condition to wait on: created, configured, initialized, running, paused, stopping, stopped, exited, removing, healthy, unhealthy, ready' -x
complete -c gantry -n '__gantry_at "wait" "container wait"' -l ignore -d 'Ignore if a container does not exist'
complete -c gantry -n '__gantry_at "wait" "container wait"' -l interval -s i -d 'Accepted for compatibility: nothing is polled, so there is no interval' -x
complete -c gantry -n '__gantry_at "wait" "container wait"' -l latest -s l -d 'Act on the latest container that Gantry is aware of'
complete -c gantry -n '__gantry_at "wait" "container wait"' -l help -s h -d 'Help for this command'
