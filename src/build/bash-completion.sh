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
