# Completion of gantry for bash, made by `npm run generate` from the command table: not to be edited.
# For an alias as well: complete -F _gantry podman

_gantry() {
    local words=() globals=() cur path='' count=0 flag='' meaning='' reply='' is_flag_possible=1
    _gantry_words
    cur=${words[-1]}
    _gantry_read
    COMPREPLY=()
    if [[ -n $meaning ]]; then
        _gantry_offer "$meaning" '' "$cur"
    elif [[ $cur == -*=* && $is_flag_possible ]]; then
        _gantry_meaning "${cur%%=*}"
        _gantry_offer "$meaning" "${cur%%=*}=" "${cur#*=}"
    elif [[ $cur == -* && $is_flag_possible ]]; then
        _gantry_flags "$path"
        reply=" $reply"
        mapfile -t COMPREPLY < <(compgen -W "$(sed 's/?\?=[^ ]*//g; s/ -[^- ]//g' <<<"$reply")" -- "$cur")
    elif _gantry_children "$path"; then
        mapfile -t COMPREPLY < <(compgen -W "$reply" -- "$cur")
    else
        _gantry_positional
        _gantry_offer "$meaning" '' "$cur"
    fi
    _gantry_trim
}

# The words up to the cursor. Bash also parts them at ':' and '=', where the command line has no space.
_gantry_words() {
    local line=${COMP_LINE:0:COMP_POINT} i word rest
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        rest=${line#"${line%%[![:space:]]*}"}
        ((i < COMP_CWORD)) || word=$rest
        if [[ $rest == "$line" && $i -gt 0 ]]; then words[-1]+=$word; else words+=("$word"); fi
        line=${rest#"$word"}
    done
}

# Bash replaces what stands after the last ':' or '=' of the word only.
_gantry_trim() {
    local breaks=${COMP_WORDBREAKS//[^:=]/} prefix
    [[ -n $breaks ]] || return
    prefix=${cur%"${cur##*[$breaks]}"}
    [[ -z $prefix ]] || COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
}

# Walks the words before the cursor: sets path, count, globals, and meaning if the word at the cursor is a flag's value.
_gantry_read() {
    local i word
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        word=${words[i]}
        if [[ -n $meaning ]]; then
            _gantry_keep "$flag" "$word"
            meaning=
        elif [[ -z $is_flag_possible ]]; then
            count=$((count + 1))
        elif [[ $word == -- ]]; then
            is_flag_possible=
        elif [[ $word == -*=* ]]; then
            _gantry_keep "${word%%=*}" "${word#*=}"
        elif [[ $word == -* ]]; then
            flag=$word
            _gantry_meaning "$word" separate
        elif _gantry_children "$path"; then
            path=${path:+$path }$word
        else
            count=$((count + 1))
            _gantry_positionals "$path" && [[ " $reply " == *' :rest '* ]] && is_flag_possible=
        fi
    done
}

# Which state is meant: asked with when containers or images are to be listed.
_gantry_keep() {
    [[ $1 == --@(root|runroot|storage-driver) ]] && globals+=("$1=$2")
}

# Sets meaning to what the value of flag $1 is; with 'separate', only of one whose value is the next word.
_gantry_meaning() {
    local name=$1 mark='?(\?)=' word
    [[ $name == --* || ${#name} -eq 2 ]] || name=-${name: -1}
    [[ -z $2 ]] || mark='='
    meaning=
    _gantry_flags "$path"
    for word in $reply $_gantry_persistent; do
        # shellcheck disable=SC2053
        [[ $word == "$name"$mark* ]] || continue
        meaning=${word#*=}
        return
    done
}

_gantry_positional() {
    local kinds kind
    meaning=
    _gantry_positionals "$path" || return
    read -r -a kinds <<<"$reply"
    ((${#kinds[@]} > 0)) || return
    kind=${kinds[count]-}
    if [[ ${kinds[-1]} == ... && $count -ge $((${#kinds[@]} - 1)) ]]; then kind=${kinds[-2]}; fi
    if [[ ${kinds[-1]} == :rest && $count -ge ${#kinds[@]} ]]; then kind=:rest; fi
    meaning=$kind
}

# Offers values of meaning $1 that begin with $3, each with $2 before it.
_gantry_offer() {
    local format
    case $1 in
    '' | :none) return ;;
    :file | :rest)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -P "$2" -f -- "$3")
        ;;
    :folder)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -P "$2" -d -- "$3")
        ;;
    :container | :running-container)
        format='{{.Names}}'
        [[ -z $3 ]] || format='{{.Names}} {{.ID}}'
        mapfile -t COMPREPLY < <(compgen -P "$2" -W "$(_gantry_ask ps "$1" --format "$format")" -- "$3")
        ;;
    :network) mapfile -t COMPREPLY < <(compgen -P "$2" -W "$(_gantry_ask network '' ls --quiet)" -- "$3") ;;
    :image)
        mapfile -t COMPREPLY < <(
            compgen -P "$2" -W "$(_gantry_ask images '' --format '{{.Repository}}:{{.Tag}}' | grep -v '<none>')" -- "$3"
        )
        ;;
    :pod) mapfile -t COMPREPLY < <(compgen -P "$2" -W "$(_gantry_ask pod '' ps --format '{{.Name}}')" -- "$3") ;;
    :volume | :secret)
        format='{{.Name}}'
        mapfile -t COMPREPLY < <(compgen -P "$2" -W "$(_gantry_ask "${1#:}" '' ls --format "$format")" -- "$3")
        ;;
    *) mapfile -t COMPREPLY < <(compgen -P "$2" -W "${1//,/ }" -- "$3") ;;
    esac
}

# Lists with the very program that is typed, or with gantry where that is an alias.
_gantry_ask() {
    local program=${words[0]/#\~/$HOME} command=$1 all=()
    type -P "$program" >/dev/null || program=gantry
    [[ $2 != :container ]] || all=(--all)
    shift 2
    "$program" "${globals[@]}" "$command" "${all[@]}" "$@" 2>/dev/null
}

# The commands in the group '$1'.
_gantry_children() {
    case $1 in
    '')
        reply='attach auto-update boot build buildah builder buildx commit completion container copy cp create delete diff doctor events exec export generate generate-sigstore-key healthcheck help history image images import info init inspect kill kube list-tags load login logout logs manifest manifest-digest mount network pause play pod port ps pull push quadlet rename restart rm rmi run save search secret standalone-sign standalone-verify start stats stop sync system tag top unmount unpause unshare untag update version volume wait' ;;
    'boot')
        reply='disable enable start status' ;;
    'buildah')
        reply='add build commit config containers copy from images info inspect login logout mount pull push rename rm rmi run tag unmount unshare untag version' ;;
    'builder')
        reply='build prune' ;;
    'buildx')
        reply='build prune version' ;;
    'container')
        reply='attach checkpoint cleanup clone commit cp create diff exec exists export init inspect kill logs mount pause port prune ps rename restart restore rm run runlabel start stats stop top unmount unpause update wait' ;;
    'generate')
        reply='kube systemd' ;;
    'healthcheck')
        reply='run' ;;
    'image')
        reply='build diff exists history import inspect list load mount prune pull push rm save scp search sign tag tree trust unmount untag' ;;
    'image trust')
        reply='set show' ;;
    'kube')
        reply='apply down generate play' ;;
    'manifest')
        reply='add annotate create exists inspect push remove rm' ;;
    'network')
        reply='connect create disconnect exists inspect list prune reload rm update' ;;
    'play')
        reply='kube' ;;
    'pod')
        reply='clone create exists inspect kill logs pause prune ps restart rm start stats stop top unpause' ;;
    'secret')
        reply='create exists inspect ls rm' ;;
    'system')
        reply='check connection df events info locks migrate prune reset' ;;
    'volume')
        reply='create exists export import inspect ls mount prune reload rm unmount' ;;
    'system connection')
        reply='list' ;;
    *) return 1 ;;
    esac
}

# The flags of the command '$1': '=' before what a value is, '?=' if the flag stands alone too.
_gantry_flags() {
    case $1 in
    '')
        reply='--cgroup-manager=cgroupfs,systemd --config=:folder --conmon=:file --connection=:none -c=:none --events-backend=file,journald,none --help -h --hooks-dir=:folder --identity=:file --imagestore=:folder --lock-timeout=:none --log-level=:none --module=:file --network-cmd-path=:file --network-config-dir=:folder --out=:file --remote -r --root=:folder --runroot=:folder --runtime=:file --runtime-flag=:none --ssh=:none --storage-driver=:none --storage-opt=:none --syslog --tmpdir=:folder --transient-store --url=:none --version -v --volumepath=:folder' ;;
    'boot')
        reply='--help -h' ;;
    'buildah')
        reply='--help -h' ;;
    'builder')
        reply='--help -h' ;;
    'buildx')
        reply='--help -h' ;;
    'container')
        reply='--help -h' ;;
    'generate')
        reply='--help -h' ;;
    'healthcheck')
        reply='--help -h' ;;
    'image')
        reply='--help -h' ;;
    'image trust')
        reply='--help -h' ;;
    'kube')
        reply='--help -h' ;;
    'manifest')
        reply='--help -h' ;;
    'network')
        reply='--help -h' ;;
    'play')
        reply='--help -h' ;;
    'pod')
        reply='--help -h' ;;
    'secret')
        reply='--help -h' ;;
    'system')
        reply='--help -h' ;;
    'volume')
        reply='--help -h' ;;
    'system connection')
        reply='--help -h' ;;
    'attach' | 'container attach')
        reply='--detach-keys=:none --latest -l --no-stdin --sig-proxy --help -h' ;;
    'auto-update')
        reply='--authfile=:file --dry-run --format=:none --rollback --tls-verify --help -h' ;;
    'boot disable')
        reply='--help -h' ;;
    'boot enable')
        reply='--help -h' ;;
    'boot start')
        reply='--help -h' ;;
    'boot status')
        reply='--help -h' ;;
    'build' | 'buildah build' | 'builder build' | 'buildx build' | 'image build' | 'buildah bud' | 'buildah build-using-dockerfile')
        reply='--add-host=:none --annotation=:none --arch=:none --authfile=:file --build-arg=:none --build-arg-file=:file --build-context=:none --cache-from=:none --cache-to=:none --cache-ttl=:none --cap-add=:none --cap-drop=:none --cert-dir=:folder --cgroup-parent=:none --cgroupns=:none --check --compat-volumes --compress --cpp-flag=:none --cpu-period=:none --cpu-quota=:none --cpu-shares=:none -c=:none --cpuset-cpus=:none --cpuset-mems=:none --creds=:none --decryption-key=:file --device=:none --disable-compression -D --disable-content-trust --dns=:none --dns-option=:none --dns-search=:none --env=:none --file=:file -f=:file --force-rm --format=:none --from=:image --group-add=:none --hooks-dir=:folder --http-proxy --identity-label --ignorefile=:file --iidfile=:file --ipc=:none --isolation=:none --jobs=:none --label=:none --layer-label=:none --layers --load --logfile=:file --logsplit --manifest=:image --memory=:none -m=:none --memory-swap=:none --metadata-file=:file --network=:network --no-cache --no-hostname --no-hosts --omit-history --os=:none --os-feature=:none --os-version=:none --output=:none -o=:none --pid=:none --platform=:none --progress=auto,plain,tty,rawjson,quiet --pull?=:none --quiet -q --retry=:none --retry-delay=:none --rewrite-timestamp --rm --runtime-flag=:none --secret=:none --security-opt=:none --shm-size=:none --skip-unused-stages --source-date-epoch=:none --squash --squash-all --ssh=:none --stdin --tag=:image -t=:image --target=:none --timestamp=:none --tls-verify --ulimit=:none --unsetenv=:none --unsetlabel=:none --userns=:none --userns-gid-map=:none --userns-gid-map-group=:none --userns-uid-map=:none --userns-uid-map-user=:none --uts=:none --variant=:none --volume=:file -v=:file --help -h' ;;
    'buildah add')
        reply='--add-history --checksum=:none --chmod=:none --chown=:none --contextdir=:folder --exclude=:none --from=:image --ignorefile=:file --parents --quiet -q --help -h' ;;
    'buildah commit')
        reply='--format=:none -f=:none --iidfile=:file --omit-history --quiet -q --rm --squash --timestamp=:none --help -h' ;;
    'buildah config')
        reply='--add-history --annotation=:none -a=:none --arch=:none --author=:none --cmd=:none --comment=:none --created-by=:none --entrypoint=:none --env=:none -e=:none --healthcheck=:none --healthcheck-interval=:none --healthcheck-retries=:none --healthcheck-start-interval=:none --healthcheck-start-period=:none --healthcheck-timeout=:none --history-comment=:none --label=:none -l=:none --onbuild=:none --os=:none --os-feature=:none --os-version=:none --port=:none -p=:none --shell=:none --stop-signal=:none --unsetannotation=:none --unsetlabel=:none --user=:none -u=:none --variant=:none --volume=:none -v=:none --workingdir=:none --help -h' ;;
    'buildah containers' | 'buildah list' | 'buildah ls' | 'buildah ps')
        reply='--all -a --filter=:none -f=:none --format=:none --json --noheading -n --notruncate --quiet -q --help -h' ;;
    'buildah copy')
        reply='--add-history --chmod=:none --chown=:none --contextdir=:folder --exclude=:none --from=:image --ignorefile=:file --parents --quiet -q --help -h' ;;
    'buildah from')
        reply='--arch=:none --authfile=:file --cert-dir=:folder --cidfile=:file --creds=:none --decryption-key=:file --format=:none --name=:none --os=:none --platform=:none --pull?=:none --pull-always --pull-never --quiet -q --retry=:none --retry-delay=:none --tls-verify --variant=:none --help -h' ;;
    'buildah inspect')
        reply='--format=:none -f=:none --type=container,image -t=container,image --help -h' ;;
    'buildah mount')
        reply='--json --help -h' ;;
    'buildah rm' | 'buildah delete')
        reply='--all -a --help -h' ;;
    'buildah run')
        reply='--add-history --add-host=:none --cap-add=:none --cap-drop=:none --cgroup-parent=:none --cgroupns=:none --cpu-period=:none --cpu-quota=:none --cpu-shares=:none -c=:none --cpuset-cpus=:none --cpuset-mems=:none --device=:none --dns=:none --dns-option=:none --dns-search=:none --env=:none -e=:none --group-add=:none --http-proxy --ipc=:none --isolation=:none --memory=:none -m=:none --memory-swap=:none --network=:network --no-hostname --no-hosts --pid=:none --security-opt=:none --shm-size=:none --stdin --terminal -t --ulimit=:none --user=:none -u=:none --userns=:none --userns-gid-map=:none --userns-gid-map-group=:none --userns-uid-map=:none --userns-uid-map-user=:none --uts=:none --volume=:file -v=:file --workingdir=:none --help -h' ;;
    'buildah unmount' | 'buildah umount')
        reply='--all -a --help -h' ;;
    'builder prune' | 'buildx prune')
        reply='--all -a --filter=:none --force -f --verbose --help -h' ;;
    'buildx version')
        reply='--help -h' ;;
    'commit' | 'container commit')
        reply='--author=:none -a=:none --change=:none -c=:none --config=:file --format=:none -f=:none --iidfile=:file --include-volumes --message=:none -m=:none --pause -p --quiet -q --squash -s --help -h' ;;
    'completion')
        reply='--file=:file -f=:file --help -h' ;;
    'container checkpoint')
        reply='--all -a --compress=:none -c=:none --create-image=:none --export=:file -e=:file --file-locks --ignore-rootfs --ignore-volumes --keep -k --latest -l --leave-running -R --pre-checkpoint -P --print-stats --tcp-established --with-previous --help -h' ;;
    'container cleanup')
        reply='--all -a --exec=:none --latest -l --rm --rmi --help -h' ;;
    'container clone')
        reply='--blkio-weight=:none --blkio-weight-device=:file --cpu-period=:none --cpu-quota=:none --cpu-rt-period=:none --cpu-rt-runtime=:none --cpu-shares=:none -c=:none --cpus=:none --cpuset-cpus=:none --cpuset-mems=:none --destroy --device-read-bps=:file --device-read-iops=:file --device-write-bps=:file --device-write-iops=:file --force -f --memory=:none -m=:none --memory-reservation=:none --memory-swap=:none --memory-swappiness=:none --name=:none --pids-limit=:none --run --help -h' ;;
    'container exists')
        reply='--external --help -h' ;;
    'container inspect')
        reply='--format=:none -f=:none --latest -l --size -s --help -h' ;;
    'container prune')
        reply='--filter=:none --force -f --help -h' ;;
    'container restore')
        reply='--all -a --file-locks --ignore-rootfs --ignore-static-ip --ignore-static-mac --ignore-volumes --import=:file -i=:file --import-previous=:file --keep -k --latest -l --name=:none -n=:none --print-stats --publish=:none -p=:none --tcp-established --help -h' ;;
    'container runlabel')
        reply='--authfile=:file --cert-dir=:folder --creds=:none --display --name=:none -n=:none --quiet -q --replace --retry=:none --retry-delay=:none --tls-verify --help -h' ;;
    'copy')
        reply='--additional-tag=:none --all -a --authfile=:file --command-timeout=:none --decryption-key=:file --dest-authfile=:file --dest-cert-dir=:folder --dest-compress --dest-compress-format=:none --dest-compress-level=:none --dest-creds=:none --dest-daemon-host=:none --dest-decompress --dest-force-compress-format --dest-no-creds --dest-oci-accept-uncompressed-layers --dest-password=:none --dest-precompute-digests --dest-registry-token=:none --dest-shared-blob-dir=:folder --dest-tls-verify --dest-username=:none --digestfile=:file --encrypt-layer=:none --encryption-key=:file --format=:none -f=:none --image-parallel-copies=:none --insecure-policy --multi-arch=:none --override-arch=:none --override-os=:none --override-variant=:none --policy=:file --preserve-digests --quiet -q --registries.d=:folder --remove-signatures --retry-delay=:none --retry-times=:none --sign-by=:none --sign-by-sigstore=:file --sign-by-sigstore-private-key=:file --sign-identity=:none --sign-passphrase-file=:file --src-authfile=:file --src-cert-dir=:folder --src-creds=:none --src-daemon-host=:none --src-no-creds --src-password=:none --src-registry-token=:none --src-shared-blob-dir=:folder --src-tls-verify --src-username=:none --help -h' ;;
    'cp' | 'container cp')
        reply='--archive -a --overwrite --help -h' ;;
    'create' | 'container create')
        reply='--add-host=:none --annotation=:none --arch=:none --attach=:none -a=:none --authfile=:file --blkio-weight=:none --blkio-weight-device=:file --cap-add=:none --cap-drop=:none --cgroup-conf=:none --cgroup-parent=:none --cgroupns=:none --cgroups=:none --chrootdirs=:none --cidfile=:file --conmon-pidfile=:file --cpu-period=:none --cpu-quota=:none --cpu-rt-period=:none --cpu-rt-runtime=:none --cpu-shares=:none -c=:none --cpus=:none --cpuset-cpus=:none --cpuset-mems=:none --decryption-key=:file --device=:none --device-cgroup-rule=:none --device-read-bps=:file --device-read-iops=:file --device-write-bps=:file --device-write-iops=:file --dns=:none --dns-option=:none --dns-search=:none --entrypoint=:none --env=:none -e=:none --env-file=:file --env-host --env-merge=:none --expose=:none --gidmap=:none --gpus=:none --group-add=:none --group-entry=:none --health-cmd=:none --health-interval=:none --health-log-destination=:folder --health-max-log-count=:none --health-max-log-size=:none --health-on-failure=none,kill,restart,stop --health-retries=:none --health-start-period=:none --health-startup-cmd=:none --health-startup-interval=:none --health-startup-retries=:none --health-startup-success=:none --health-startup-timeout=:none --health-timeout=:none --hostname=:none -h=:none --hosts-file=:file --hostuser=:none --http-proxy --image-volume=:none --init --init-ctr=:none --init-path=:file --interactive -i --ip=:none --ip6=:none --ipc=:none --label=:none -l=:none --label-file=:file --log-driver=:none --log-opt=:none --mac-address=:none --memory=:none -m=:none --memory-reservation=:none --memory-swap=:none --memory-swappiness=:none --mount=:none --name=:none --network=:network --network-alias=:none --no-healthcheck --no-hostname --no-hosts --oom-kill-disable --oom-score-adj=:none --os=:none --passwd-entry=:none --personality=:none --pid=:none --pidfile=:file --pids-limit=:none --platform=:none --pod=:pod --pod-id-file=:file --privileged --publish=:none -p=:none --publish-all -P --pull=:none --quiet -q --rdt-class=:none --read-only --read-only-tmpfs --replace --requires=:container --restart=:none --retry=:none --retry-delay=:none --rm --rootfs --sdnotify=container,conmon,healthy,ignore --seccomp-policy=:none --secret=:secret --security-opt=:none --shm-size=:none --shm-size-systemd=:none --stop-signal=:none --stop-timeout=:none --subgidname=:none --subuidname=:none --sysctl=:none --systemd=true,false,always --timeout=:none --tls-verify --tmpfs=:none --tty -t --tz=:none --uidmap=:none --ulimit=:none --umask=:none --unsetenv=:none --unsetenv-all --user=:none -u=:none --userns=:none --uts=:none --variant=:none --volume=:file -v=:file --volumes-from=:container --workdir=:none -w=:none --help -h' ;;
    'delete')
        reply='--authfile=:file --cert-dir=:folder --command-timeout=:none --creds=:none --insecure-policy --no-creds --password=:none --policy=:file --registries.d=:folder --registry-token=:none --retry-delay=:none --retry-times=:none --tls-verify --username=:none --help -h' ;;
    'diff' | 'container diff')
        reply='--format=:none --latest -l --help -h' ;;
    'doctor')
        reply='--json --help -h' ;;
    'events' | 'system events')
        reply='--filter=:none -f=:none --format=:none --no-trunc --since=:none --stream --until=:none --help -h' ;;
    'exec' | 'container exec')
        reply='--detach -d --detach-keys=:none --env=:none -e=:none --env-file=:file --interactive -i --latest -l --preserve-fd=:none --preserve-fds=:none --privileged --tty -t --user=:none -u=:none --workdir=:none -w=:none --help -h' ;;
    'export' | 'container export')
        reply='--output=:file -o=:file --help -h' ;;
    'generate kube' | 'kube generate')
        reply='--filename=:file -f=:file --podman-only --replicas=:none -r=:none --service -s --type=:none -t=:none --help -h' ;;
    'generate systemd')
        reply='--after=:none --container-prefix=:none --env=:none -e=:none --files -f --format=:none --name -n --new --no-header --pod-prefix=:none --requires=:none --restart-policy=:none --restart-sec=:none --separator=:none --start-timeout=:none --stop-timeout=:none --template --wants=:none --help -h' ;;
    'generate-sigstore-key')
        reply='--output-prefix=:file --passphrase-file=:file --help -h' ;;
    'healthcheck run')
        reply='--ignore-result --help -h' ;;
    'help')
        reply='--help -h' ;;
    'history' | 'image history')
        reply='--format=:none --human -H --no-trunc --quiet -q --help -h' ;;
    'image diff')
        reply='--format=:none --help -h' ;;
    'image exists')
        reply='--help -h' ;;
    'image inspect')
        reply='--format=:none -f=:none --help -h' ;;
    'image mount')
        reply='--all -a --format=:none --help -h' ;;
    'image prune')
        reply='--all -a --blobs --build-cache --external --filter=:none --force -f --help -h' ;;
    'image scp')
        reply='--quiet -q --help -h' ;;
    'image sign')
        reply='--all -a --authfile=:file --cert-dir=:folder --directory=:folder -d=:folder --sign-by=:none --help -h' ;;
    'image tree')
        reply='--whatrequires --help -h' ;;
    'image trust set')
        reply='--pubkeysfile=:file -f=:file --type=:none -t=:none --help -h' ;;
    'image trust show')
        reply='--json -j --noheading -n --raw --help -h' ;;
    'image unmount' | 'image umount')
        reply='--all -a --force -f --help -h' ;;
    'images' | 'buildah images' | 'image list' | 'image ls')
        reply='--all -a --digests --filter=:none -f=:none --format=:none --history --no-trunc --noheading -n --quiet -q --sort=:none --help -h' ;;
    'import' | 'image import')
        reply='--arch=:none --change=:none -c=:none --message=:none -m=:none --os=:none --quiet -q --variant=:none --help -h' ;;
    'info' | 'buildah info' | 'system info')
        reply='--format=:none -f=:none --help -h' ;;
    'init' | 'container init')
        reply='--all -a --latest -l --help -h' ;;
    'inspect')
        reply='--authfile=:file --cert-dir=:folder --command-timeout=:none --config --creds=:none --daemon-host=:none --format=:none -f=:none --insecure-policy --latest -l --manifest-digest=sha256,sha512 --no-creds --no-tags -n --override-arch=:none --override-os=:none --override-variant=:none --password=:none --policy=:file --raw --registries.d=:folder --registry-token=:none --retry-delay=:none --retry-times=:none --shared-blob-dir=:folder --size -s --tls-verify --type=:none -t=:none --username=:none --help -h' ;;
    'kill' | 'container kill')
        reply='--all -a --cidfile=:file --latest -l --signal=:none -s=:none --help -h' ;;
    'kube apply')
        reply='--ca-cert-file=:file --file=:file -f=:file --kubeconfig=:file -k=:file --ns=:none --service -s --help -h' ;;
    'kube down')
        reply='--force --help -h' ;;
    'kube play' | 'play kube')
        reply='--annotation=:none --authfile=:file --build --cert-dir=:folder --configmap=:file --context-dir=:folder --creds=:none --force --ip=:none --log-driver=:none --log-opt=:none --mac-address=:none --network=:network --no-hostname --no-hosts --publish=:none --publish-all --quiet -q --replace --retry=:none --retry-delay=:none --seccomp-profile-root=:folder --start --strict --tls-verify --userns=:none --wait -w --help -h' ;;
    'list-tags')
        reply='--authfile=:file --cert-dir=:folder --command-timeout=:none --creds=:none --insecure-policy --no-creds --password=:none --policy=:file --registries.d=:folder --registry-token=:none --retry-delay=:none --retry-times=:none --tls-verify --username=:none --help -h' ;;
    'load' | 'image load')
        reply='--input=:file -i=:file --quiet -q --help -h' ;;
    'login' | 'buildah login')
        reply='--authfile=:file --cert-dir=:folder --compat-auth-file=:file --get-login --password=:none -p=:none --password-stdin --secret=:secret --tls-verify --username=:none -u=:none --verbose -v --help -h' ;;
    'logout' | 'buildah logout')
        reply='--all -a --authfile=:file --compat-auth-file=:file --help -h' ;;
    'logs' | 'container logs')
        reply='--color --follow -f --latest -l --names -n --since=:none --tail=:none --timestamps -t --until=:none --help -h' ;;
    'manifest add')
        reply='--all --annotation=:none --arch=:none --artifact --artifact-config=:file --artifact-config-type=:none --artifact-exclude-titles --artifact-layer-type=:none --artifact-subject=:none --artifact-type=:none --authfile=:file --cert-dir=:folder --creds=:none --features=:none --os=:none --os-version=:none --tls-verify --variant=:none --help -h' ;;
    'manifest annotate')
        reply='--annotation=:none --arch=:none --features=:none --index --os=:none --os-features=:none --os-version=:none --subject=:image --variant=:none --help -h' ;;
    'manifest create')
        reply='--all --amend -a --annotation=:none --tls-verify --help -h' ;;
    'manifest exists')
        reply='--help -h' ;;
    'manifest inspect')
        reply='--authfile=:file --tls-verify --help -h' ;;
    'manifest push')
        reply='--add-compression=:none --all --authfile=:file --cert-dir=:folder --compression-format=:none --compression-level=:none --creds=:none --digestfile=:file --force-compression --format=:none -f=:none --quiet -q --remove-signatures --rm --sign-by=:none --sign-by-sigstore=:file --sign-by-sigstore-private-key=:file --sign-passphrase-file=:file --tls-verify --help -h' ;;
    'manifest remove')
        reply='--help -h' ;;
    'manifest rm')
        reply='--ignore -i --help -h' ;;
    'manifest-digest')
        reply='--help -h' ;;
    'mount' | 'container mount')
        reply='--all -a --format=:none --latest -l --no-trunc --help -h' ;;
    'network connect')
        reply='--alias=:none --ip=:none --ip6=:none --mac-address=:none --help -h' ;;
    'network create')
        reply='--disable-dns --dns=:none --driver=:none -d=:none --gateway=:none --ignore --interface-name=:none --internal --ip-range=:none --ipam-driver=:none --ipv6 --label=:none --opt=:none -o=:none --route=:none --subnet=:none --help -h' ;;
    'network disconnect')
        reply='--force -f --help -h' ;;
    'network exists')
        reply='--help -h' ;;
    'network inspect')
        reply='--format=:none -f=:none --help -h' ;;
    'network list' | 'network ls')
        reply='--filter=:none -f=:none --format=:none --no-trunc --noheading -n --quiet -q --help -h' ;;
    'network prune')
        reply='--filter=:none --force -f --help -h' ;;
    'network reload')
        reply='--all -a --latest -l --help -h' ;;
    'network rm' | 'network remove')
        reply='--force -f --time=:none -t=:none --help -h' ;;
    'network update')
        reply='--dns-add=:none --dns-drop=:none --help -h' ;;
    'pause' | 'container pause')
        reply='--all -a --cidfile=:file --filter=:none -f=:none --latest -l --help -h' ;;
    'pod clone')
        reply='--blkio-weight=:none --blkio-weight-device=:file --cgroup-parent=:none --cpu-shares=:none -c=:none --cpus=:none --cpuset-cpus=:none --cpuset-mems=:none --destroy --device=:none --device-read-bps=:file --device-write-bps=:file --gidmap=:none --gpus=:none --hostname=:none -h=:none --infra-command=:none --infra-conmon-pidfile=:file --infra-name=:none --label=:none -l=:none --label-file=:file --memory=:none -m=:none --memory-swap=:none --name=:none -n=:none --pid=:none --restart=:none --security-opt=:none --shm-size=:none --shm-size-systemd=:none --start --subgidname=:none --subuidname=:none --sysctl=:none --uidmap=:none --userns=:none --uts=:none --volume=:file -v=:file --volumes-from=:container --help -h' ;;
    'pod create')
        reply='--add-host=:none --blkio-weight=:none --blkio-weight-device=:file --cgroup-parent=:none --cpu-shares=:none -c=:none --cpus=:none --cpuset-cpus=:none --cpuset-mems=:none --device=:none --device-read-bps=:file --device-write-bps=:file --dns=:none --dns-option=:none --dns-search=:none --exit-policy=:none --gidmap=:none --gpus=:none --hostname=:none -h=:none --hosts-file=:file --infra --infra-command=:none --infra-conmon-pidfile=:file --infra-image=:image --infra-name=:none --ip=:none --ip6=:none --label=:none -l=:none --label-file=:file --mac-address=:none --memory=:none -m=:none --memory-swap=:none --name=:none -n=:none --network=:network --network-alias=:none --no-hostname --no-hosts --pid=:none --pod-id-file=:file --publish=:none -p=:none --replace --restart=:none --security-opt=:none --share=:none --share-parent --shm-size=:none --shm-size-systemd=:none --subgidname=:none --subuidname=:none --sysctl=:none --uidmap=:none --userns=:none --uts=:none --volume=:file -v=:file --volumes-from=:container --help -h' ;;
    'pod exists')
        reply='--help -h' ;;
    'pod inspect')
        reply='--format=:none -f=:none --latest -l --help -h' ;;
    'pod kill')
        reply='--all -a --latest -l --signal=:none -s=:none --help -h' ;;
    'pod logs')
        reply='--color --container=:container -c=:container --follow -f --latest -l --names -n --since=:none --tail=:none --timestamps -t --until=:none --help -h' ;;
    'pod pause')
        reply='--all -a --latest -l --help -h' ;;
    'pod prune')
        reply='--force -f --help -h' ;;
    'pod ps' | 'pod list' | 'pod ls')
        reply='--ctr-ids --ctr-names --ctr-status --filter=:none -f=:none --format=:none --latest -l --no-trunc --noheading -n --ns --quiet -q --sort=:none --help -h' ;;
    'pod restart')
        reply='--all -a --latest -l --help -h' ;;
    'pod rm')
        reply='--all -a --force -f --ignore -i --latest -l --pod-id-file=:file --time=:none -t=:none --help -h' ;;
    'pod start')
        reply='--all -a --latest -l --pod-id-file=:file --help -h' ;;
    'pod stats')
        reply='--all -a --format=:none --latest -l --no-reset --no-stream --help -h' ;;
    'pod stop')
        reply='--all -a --ignore -i --latest -l --pod-id-file=:file --time=:none -t=:none --help -h' ;;
    'pod top')
        reply='--latest -l --help -h' ;;
    'pod unpause')
        reply='--all -a --latest -l --help -h' ;;
    'port' | 'container port')
        reply='--all -a --latest -l --help -h' ;;
    'ps' | 'container ps' | 'container list' | 'container ls')
        reply='--all -a --external --filter=:none -f=:none --format=:none --last=:none -n=:none --latest -l --no-trunc --noheading --ns --pod -p --quiet -q --size -s --sort=command,created,id,image,names,runningfor,size,status --sync --watch=:none -w=:none --help -h' ;;
    'pull' | 'buildah pull' | 'image pull')
        reply='--all-tags -a --arch=:none --authfile=:file --cert-dir=:folder --creds=:none --decryption-key=:file --disable-content-trust --os=:none --platform=:none --quiet -q --retry=:none --retry-delay=:none --tls-verify --variant=:none --help -h' ;;
    'push' | 'buildah push' | 'image push')
        reply='--authfile=:file --cert-dir=:folder --compress --compression-format=:none --compression-level=:none --creds=:none --digestfile=:file --disable-content-trust --encrypt-layer=:none --encryption-key=:file --force-compression --format=:none -f=:none --quiet -q --remove-signatures --retry=:none --retry-delay=:none --sign-by=:none --sign-by-sigstore=:file --sign-by-sigstore-private-key=:file --sign-passphrase-file=:file --tls-verify --help -h' ;;
    'quadlet')
        reply='--dryrun --no-kmsg-log --user --verbose -v --version --help -h' ;;
    'rename' | 'buildah rename' | 'container rename')
        reply='--help -h' ;;
    'restart' | 'container restart')
        reply='--all -a --cidfile=:file --filter=:none -f=:none --latest -l --running --time=:none -t=:none --help -h' ;;
    'rm' | 'container rm')
        reply='--all -a --cidfile=:file --depend --filter=:none --force -f --ignore -i --latest -l --time=:none -t=:none --volumes -v --help -h' ;;
    'rmi' | 'buildah rmi' | 'image rm' | 'image remove')
        reply='--all -a --force -f --ignore -i --no-prune --help -h' ;;
    'run' | 'container run')
        reply='--add-host=:none --annotation=:none --arch=:none --attach=:none -a=:none --authfile=:file --blkio-weight=:none --blkio-weight-device=:file --cap-add=:none --cap-drop=:none --cgroup-conf=:none --cgroup-parent=:none --cgroupns=:none --cgroups=:none --chrootdirs=:none --cidfile=:file --conmon-pidfile=:file --cpu-period=:none --cpu-quota=:none --cpu-rt-period=:none --cpu-rt-runtime=:none --cpu-shares=:none -c=:none --cpus=:none --cpuset-cpus=:none --cpuset-mems=:none --decryption-key=:file --detach -d --detach-keys=:none --device=:none --device-cgroup-rule=:none --device-read-bps=:file --device-read-iops=:file --device-write-bps=:file --device-write-iops=:file --dns=:none --dns-option=:none --dns-search=:none --entrypoint=:none --env=:none -e=:none --env-file=:file --env-host --env-merge=:none --expose=:none --gidmap=:none --gpus=:none --group-add=:none --group-entry=:none --health-cmd=:none --health-interval=:none --health-log-destination=:folder --health-max-log-count=:none --health-max-log-size=:none --health-on-failure=none,kill,restart,stop --health-retries=:none --health-start-period=:none --health-startup-cmd=:none --health-startup-interval=:none --health-startup-retries=:none --health-startup-success=:none --health-startup-timeout=:none --health-timeout=:none --hostname=:none -h=:none --hosts-file=:file --hostuser=:none --http-proxy --image-volume=:none --init --init-ctr=:none --init-path=:file --interactive -i --ip=:none --ip6=:none --ipc=:none --label=:none -l=:none --label-file=:file --log-driver=:none --log-opt=:none --mac-address=:none --memory=:none -m=:none --memory-reservation=:none --memory-swap=:none --memory-swappiness=:none --mount=:none --name=:none --network=:network --network-alias=:none --no-healthcheck --no-hostname --no-hosts --oom-kill-disable --oom-score-adj=:none --os=:none --passwd --passwd-entry=:none --personality=:none --pid=:none --pidfile=:file --pids-limit=:none --platform=:none --pod=:pod --pod-id-file=:file --preserve-fd=:none --preserve-fds=:none --privileged --publish=:none -p=:none --publish-all -P --pull=:none --quiet -q --rdt-class=:none --read-only --read-only-tmpfs --replace --requires=:container --restart=:none --retry=:none --retry-delay=:none --rm --rmi --rootfs --sdnotify=container,conmon,healthy,ignore --seccomp-policy=:none --secret=:secret --security-opt=:none --shm-size=:none --shm-size-systemd=:none --sig-proxy --stop-signal=:none --stop-timeout=:none --subgidname=:none --subuidname=:none --sysctl=:none --systemd=true,false,always --timeout=:none --tls-verify --tmpfs=:none --tty -t --tz=:none --uidmap=:none --ulimit=:none --umask=:none --unsetenv=:none --unsetenv-all --user=:none -u=:none --userns=:none --uts=:none --variant=:none --volume=:file -v=:file --volumes-from=:container --workdir=:none -w=:none --help -h' ;;
    'save' | 'image save')
        reply='--compress --format=:none --multi-image-archive -m --output=:file -o=:file --quiet -q --uncompressed --help -h' ;;
    'search' | 'image search')
        reply='--authfile=:file --cert-dir=:folder --compatible --creds=:none --filter=:none -f=:none --format=:none --limit=:none --list-tags --no-trunc --tls-verify --help -h' ;;
    'secret create')
        reply='--driver=:none -d=:none --driver-opts=:none --env --label=:none -l=:none --replace --help -h' ;;
    'secret exists')
        reply='--help -h' ;;
    'secret inspect')
        reply='--format=:none -f=:none --pretty --showsecret --help -h' ;;
    'secret ls' | 'secret list')
        reply='--filter=:none -f=:none --format=:none --noheading -n --quiet -q --help -h' ;;
    'secret rm')
        reply='--all -a --ignore -i --help -h' ;;
    'standalone-sign')
        reply='--output=:file -o=:file --passphrase-file=:file --help -h' ;;
    'standalone-verify')
        reply='--public-key-file=:file --help -h' ;;
    'start' | 'container start')
        reply='--all --attach -a --detach-keys=:none --filter=:none -f=:none --interactive -i --latest -l --sig-proxy --help -h' ;;
    'stats' | 'container stats')
        reply='--all -a --format=:none --interval=:none -i=:none --latest -l --no-reset --no-stream --no-trunc --help -h' ;;
    'stop' | 'container stop')
        reply='--all -a --cidfile=:file --filter=:none -f=:none --ignore -i --latest -l --time=:none -t=:none --help -h' ;;
    'sync')
        reply='--all -a --append-suffix=:none --authfile=:file --command-timeout=:none --dest=:none -d=:none --dest-authfile=:file --dest-cert-dir=:folder --dest-creds=:none --dest-no-creds --dest-password=:none --dest-registry-token=:none --dest-tls-verify --dest-username=:none --digestfile=:file --dry-run --format=:none -f=:none --insecure-policy --keep-going --override-arch=:none --override-os=:none --override-variant=:none --policy=:file --preserve-digests --registries.d=:folder --remove-signatures --retry-delay=:none --retry-times=:none --scoped --sign-by=:none --sign-by-sigstore=:file --sign-by-sigstore-private-key=:file --sign-passphrase-file=:file --src=:none -s=:none --src-authfile=:file --src-cert-dir=:folder --src-creds=:none --src-no-creds --src-password=:none --src-registry-token=:none --src-tls-verify --src-username=:none --help -h' ;;
    'system check')
        reply='--force -f --max=:none -m=:none --quick -q --repair -r --help -h' ;;
    'system connection list' | 'system connection ls')
        reply='--format=:none -f=:none --quiet -q --help -h' ;;
    'system df')
        reply='--format=:none --verbose -v --help -h' ;;
    'system locks')
        reply='--format=:none --noheading --help -h' ;;
    'system migrate')
        reply='--help -h' ;;
    'system prune')
        reply='--all -a --build --external --filter=:none --force -f --volumes --help -h' ;;
    'system reset')
        reply='--force -f --help -h' ;;
    'tag' | 'buildah tag' | 'image tag')
        reply='--help -h' ;;
    'top' | 'container top')
        reply='--latest -l --help -h' ;;
    'unmount' | 'container unmount' | 'container umount' | 'umount')
        reply='--all -a --force -f --latest -l --help -h' ;;
    'unpause' | 'container unpause')
        reply='--all -a --cidfile=:file --filter=:none -f=:none --latest -l --help -h' ;;
    'unshare' | 'buildah unshare')
        reply='--help -h' ;;
    'untag' | 'buildah untag' | 'image untag')
        reply='--help -h' ;;
    'update' | 'container update')
        reply='--blkio-weight=:none --blkio-weight-device=:file --cpu-period=:none --cpu-quota=:none --cpu-rt-period=:none --cpu-rt-runtime=:none --cpu-shares=:none -c=:none --cpus=:none --cpuset-cpus=:none --cpuset-mems=:none --device-read-bps=:file --device-read-iops=:file --device-write-bps=:file --device-write-iops=:file --env=:none -e=:none --health-cmd=:none --health-interval=:none --health-log-destination=:folder --health-max-log-count=:none --health-max-log-size=:none --health-on-failure=none,kill,restart,stop --health-retries=:none --health-start-period=:none --health-startup-cmd=:none --health-startup-interval=:none --health-startup-retries=:none --health-startup-success=:none --health-startup-timeout=:none --health-timeout=:none --memory=:none -m=:none --memory-reservation=:none --memory-swap=:none --memory-swappiness=:none --no-healthcheck --pids-limit=:none --restart=:none --unsetenv=:none --help -h' ;;
    'version' | 'buildah version')
        reply='--format=:none -f=:none --help -h' ;;
    'volume create')
        reply='--driver=:none -d=:none --ignore --label=:none -l=:none --opt=:none -o=:none --help -h' ;;
    'volume exists')
        reply='--help -h' ;;
    'volume export')
        reply='--output=:file -o=:file --help -h' ;;
    'volume import')
        reply='--help -h' ;;
    'volume inspect')
        reply='--all -a --format=:none -f=:none --help -h' ;;
    'volume ls' | 'volume list')
        reply='--filter=:none -f=:none --format=:none --noheading -n --quiet -q --help -h' ;;
    'volume mount')
        reply='--help -h' ;;
    'volume prune')
        reply='--filter=:none --force -f --help -h' ;;
    'volume reload')
        reply='--help -h' ;;
    'volume rm' | 'volume remove')
        reply='--all -a --force -f --time=:none -t=:none --help -h' ;;
    'volume unmount')
        reply='--help -h' ;;
    'wait' | 'container wait')
        reply='--condition=:none --ignore --interval=:none -i=:none --latest -l --help -h' ;;
    *) return 1 ;;
    esac
}

# What the arguments of the command '$1' are.
_gantry_positionals() {
    case $1 in
    'attach' | 'container attach')
        reply=':running-container ...' ;;
    'auto-update')
        reply='' ;;
    'boot disable')
        reply='' ;;
    'boot enable')
        reply='' ;;
    'boot start')
        reply='' ;;
    'boot status')
        reply='' ;;
    'build' | 'buildah build' | 'builder build' | 'buildx build' | 'image build' | 'buildah bud' | 'buildah build-using-dockerfile')
        reply=':folder' ;;
    'buildah add')
        reply=':container :none ...' ;;
    'buildah commit')
        reply=':container :image' ;;
    'buildah config')
        reply=':container' ;;
    'buildah containers' | 'buildah list' | 'buildah ls' | 'buildah ps')
        reply='' ;;
    'buildah copy')
        reply=':container :none ...' ;;
    'buildah from')
        reply=':image' ;;
    'buildah inspect')
        reply=':container' ;;
    'buildah mount')
        reply=':container ...' ;;
    'buildah rm' | 'buildah delete')
        reply=':container ...' ;;
    'buildah run')
        reply=':container :rest' ;;
    'buildah unmount' | 'buildah umount')
        reply=':container ...' ;;
    'builder prune' | 'buildx prune')
        reply='' ;;
    'buildx version')
        reply='' ;;
    'commit' | 'container commit')
        reply=':container :image' ;;
    'completion')
        reply=':none' ;;
    'container checkpoint')
        reply=':running-container ...' ;;
    'container cleanup')
        reply=':container ...' ;;
    'container clone')
        reply=':container :none :image' ;;
    'container exists')
        reply=':container' ;;
    'container inspect')
        reply=':container ...' ;;
    'container prune')
        reply='' ;;
    'container restore')
        reply=':container ...' ;;
    'container runlabel')
        reply=':none :image :file ...' ;;
    'copy')
        reply=':image :image' ;;
    'cp' | 'container cp')
        reply=':file :file' ;;
    'create' | 'container create')
        reply=':image :rest' ;;
    'delete')
        reply=':none' ;;
    'diff' | 'container diff')
        reply=':container :container' ;;
    'doctor')
        reply=':container :none' ;;
    'events' | 'system events')
        reply='' ;;
    'exec' | 'container exec')
        reply=':running-container :rest' ;;
    'export' | 'container export')
        reply=':container' ;;
    'generate kube' | 'kube generate')
        reply=':container ...' ;;
    'generate systemd')
        reply=':container' ;;
    'generate-sigstore-key')
        reply='' ;;
    'healthcheck run')
        reply=':running-container' ;;
    'help')
        reply=':none ...' ;;
    'history' | 'image history')
        reply=':image' ;;
    'image diff')
        reply=':image :image' ;;
    'image exists')
        reply=':image' ;;
    'image inspect')
        reply=':image ...' ;;
    'image mount')
        reply=':image ...' ;;
    'image prune')
        reply='' ;;
    'image scp')
        reply=':image :none' ;;
    'image sign')
        reply=':image ...' ;;
    'image tree')
        reply=':image' ;;
    'image trust set')
        reply=':none' ;;
    'image trust show')
        reply=':none' ;;
    'image unmount' | 'image umount')
        reply=':image ...' ;;
    'images' | 'buildah images' | 'image list' | 'image ls')
        reply=':image' ;;
    'import' | 'image import')
        reply=':file :image' ;;
    'info' | 'buildah info' | 'system info')
        reply='' ;;
    'init' | 'container init')
        reply=':container ...' ;;
    'inspect')
        reply=':container ...' ;;
    'kill' | 'container kill')
        reply=':running-container ...' ;;
    'kube apply')
        reply=':container ...' ;;
    'kube down')
        reply=':file' ;;
    'kube play' | 'play kube')
        reply=':file' ;;
    'list-tags')
        reply=':none' ;;
    'load' | 'image load')
        reply='' ;;
    'login' | 'buildah login')
        reply=':none' ;;
    'logout' | 'buildah logout')
        reply=':none' ;;
    'logs' | 'container logs')
        reply=':container ...' ;;
    'manifest add')
        reply=':image :image ...' ;;
    'manifest annotate')
        reply=':image :image' ;;
    'manifest create')
        reply=':image :image ...' ;;
    'manifest exists')
        reply=':image' ;;
    'manifest inspect')
        reply=':image' ;;
    'manifest push')
        reply=':image :none' ;;
    'manifest remove')
        reply=':image :none' ;;
    'manifest rm')
        reply=':image ...' ;;
    'manifest-digest')
        reply=':file' ;;
    'mount' | 'container mount')
        reply=':container ...' ;;
    'network connect')
        reply=':network :container' ;;
    'network create')
        reply=':none' ;;
    'network disconnect')
        reply=':network :container' ;;
    'network exists')
        reply=':network' ;;
    'network inspect')
        reply=':network ...' ;;
    'network list' | 'network ls')
        reply='' ;;
    'network prune')
        reply='' ;;
    'network reload')
        reply=':running-container ...' ;;
    'network rm' | 'network remove')
        reply=':network ...' ;;
    'network update')
        reply=':network' ;;
    'pause' | 'container pause')
        reply=':running-container ...' ;;
    'pod clone')
        reply=':pod :none' ;;
    'pod create')
        reply=':none' ;;
    'pod exists')
        reply=':pod' ;;
    'pod inspect')
        reply=':pod ...' ;;
    'pod kill')
        reply=':pod ...' ;;
    'pod logs')
        reply=':pod' ;;
    'pod pause')
        reply=':pod ...' ;;
    'pod prune')
        reply='' ;;
    'pod ps' | 'pod list' | 'pod ls')
        reply='' ;;
    'pod restart')
        reply=':pod ...' ;;
    'pod rm')
        reply=':pod ...' ;;
    'pod start')
        reply=':pod ...' ;;
    'pod stats')
        reply=':pod ...' ;;
    'pod stop')
        reply=':pod ...' ;;
    'pod top')
        reply=':pod :rest' ;;
    'pod unpause')
        reply=':pod ...' ;;
    'port' | 'container port')
        reply=':running-container :none' ;;
    'ps' | 'container ps' | 'container list' | 'container ls')
        reply='' ;;
    'pull' | 'buildah pull' | 'image pull')
        reply=':image ...' ;;
    'push' | 'buildah push' | 'image push')
        reply=':image :none' ;;
    'quadlet')
        reply=':folder :none :none' ;;
    'rename' | 'buildah rename' | 'container rename')
        reply=':container :none' ;;
    'restart' | 'container restart')
        reply=':container ...' ;;
    'rm' | 'container rm')
        reply=':container ...' ;;
    'rmi' | 'buildah rmi' | 'image rm' | 'image remove')
        reply=':image ...' ;;
    'run' | 'container run')
        reply=':image :rest' ;;
    'save' | 'image save')
        reply=':image ...' ;;
    'search' | 'image search')
        reply=':none' ;;
    'secret create')
        reply=':none :file' ;;
    'secret exists')
        reply=':secret' ;;
    'secret inspect')
        reply=':secret ...' ;;
    'secret ls' | 'secret list')
        reply='' ;;
    'secret rm')
        reply=':secret ...' ;;
    'standalone-sign')
        reply=':file :none :none' ;;
    'standalone-verify')
        reply=':file :none :none :file' ;;
    'start' | 'container start')
        reply=':container ...' ;;
    'stats' | 'container stats')
        reply=':running-container ...' ;;
    'stop' | 'container stop')
        reply=':running-container ...' ;;
    'sync')
        reply=':file :folder' ;;
    'system check')
        reply='' ;;
    'system connection list' | 'system connection ls')
        reply='' ;;
    'system df')
        reply='' ;;
    'system locks')
        reply='' ;;
    'system migrate')
        reply='' ;;
    'system prune')
        reply='' ;;
    'system reset')
        reply='' ;;
    'tag' | 'buildah tag' | 'image tag')
        reply=':image :image ...' ;;
    'top' | 'container top')
        reply=':running-container :rest' ;;
    'unmount' | 'container unmount' | 'container umount' | 'umount')
        reply=':container ...' ;;
    'unpause' | 'container unpause')
        reply=':running-container ...' ;;
    'unshare' | 'buildah unshare')
        reply=':rest' ;;
    'untag' | 'buildah untag' | 'image untag')
        reply=':image :image ...' ;;
    'update' | 'container update')
        reply=':container' ;;
    'version' | 'buildah version')
        reply='' ;;
    'volume create')
        reply=':none' ;;
    'volume exists')
        reply=':volume' ;;
    'volume export')
        reply=':volume' ;;
    'volume import')
        reply=':volume :file' ;;
    'volume inspect')
        reply=':volume ...' ;;
    'volume ls' | 'volume list')
        reply='' ;;
    'volume mount')
        reply=':volume' ;;
    'volume prune')
        reply='' ;;
    'volume reload')
        reply='' ;;
    'volume rm' | 'volume remove')
        reply=':volume ...' ;;
    'volume unmount')
        reply=':volume' ;;
    'wait' | 'container wait')
        reply=':container ...' ;;
    *) return 1 ;;
    esac
}

_gantry_persistent='--cgroup-manager=cgroupfs,systemd --conmon=:file --events-backend=file,journald,none --help -h --hooks-dir=:folder --imagestore=:folder --lock-timeout=:none --log-level=:none --network-cmd-path=:file --network-config-dir=:folder --root=:folder --runroot=:folder --runtime=:file --runtime-flag=:none --storage-driver=:none --storage-opt=:none --syslog --tmpdir=:folder --transient-store --volumepath=:folder --db-backend=:none --registries-conf=:file --max-workers=:none --network-backend=:none --namespace=:none --cpu-profile=:none --memory-profile=:none --default-mounts-file=:file --pull-option=:none --trace'

complete -F _gantry gantry
