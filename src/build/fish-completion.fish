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
