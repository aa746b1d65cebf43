#compdef gantry
# Completion of gantry for zsh, made by `npm run generate` from the command table: not to be edited.
# For an alias as well: compdef podman=gantry

_gantry() {
    local curcontext=$curcontext state line gantry_path='' gantry_program=$words[1] word flag
    local -a gantry_globals reply
    local -i at=2
    typeset -A opt_args
    while ((at < CURRENT)) && _gantry_children "$gantry_path"; do
        word=$words[at]
        if [[ $word == -*=* ]]; then
            _gantry_keep ${word%%=*} ${word#*=}
        elif [[ $word == -* ]]; then
            if [[ " $gantry_valued " == *" $word "* ]]; then
                ((at + 1 < CURRENT)) || break
                _gantry_keep $word $words[at+1]
                ((at += 1))
            fi
        else
            gantry_path=${gantry_path:+$gantry_path }$word
        fi
        ((at += 1))
    done
    if _gantry_children "$gantry_path"; then
        [[ -z $gantry_path ]] || { words=(gantry "${(@)words[at,-1]}"); ((CURRENT -= at - 2)) }
        _gantry_flags "$gantry_path" && _arguments -s -S -C : $reply '*: :_gantry_offer_commands'
    else
        words=(gantry "${(@)words[at,-1]}")
        ((CURRENT -= at - 2))
        _gantry_flags "$gantry_path" || return 1
        local -a ends
        [[ "$reply[-1]" != '*::'* ]] || ends=(-A '-*')
        _arguments -s -S $ends : $reply
    fi
}

# Which state is meant: asked with when containers or images are to be listed.
_gantry_keep() {
    [[ $1 != --(root|runroot|storage-driver) ]] || gantry_globals+=("$1=$2")
}

_gantry_offer_commands() {
    local -a reply
    _gantry_children "$gantry_path" && _describe -t commands 'command' reply
}

_gantry_containers() { _gantry_offer containers 'container' ps --all --format '{{.Names}}' }
_gantry_running_containers() { _gantry_offer containers 'running container' ps --format '{{.Names}}' }
_gantry_networks() { _gantry_offer networks 'network' network ls --format '{{.Name}}' }
_gantry_images() { _gantry_offer images 'image' images --format '{{.Repository}}:{{.Tag}}' }
_gantry_volumes() { _gantry_offer volumes 'volume' volume ls --format '{{.Name}}' }
_gantry_pods() { _gantry_offer pods 'pod' pod ps --format '{{.Name}}' }
_gantry_secrets() { _gantry_offer secrets 'secret' secret ls --format '{{.Name}}' }

# Lists with the very program that is typed, or with gantry where that is an alias.
_gantry_offer() {
    local tag=$1 description=$2 program=${~gantry_program}
    local -a found
    (( $+commands[$program] )) || [[ -x $program ]] || program=gantry
    shift 2
    found=(${(f)"$($program $gantry_globals "$@" 2>/dev/null)"})
    _wanted $tag expl $description compadd -- ${found:#*<none>*}
}
