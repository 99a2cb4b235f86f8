# What `run` and `soak` have in common; they source it.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)

# The folders of the servers: `folder NAME`. Users of the servers' packages must be able to go through it.
work=$(mktemp -d)
chmod 711 "$work"
folder() { echo "$work/$1"; }

# Programs that run beside the script; what is still running at the end is stopped.
running=()

stop_everything() {
    local process configuration
    for process in ${running[@]+"${running[@]}"}; do
        pkill -TERM -P "$process" 2> /dev/null || true
        kill -TERM "$process" 2> /dev/null || true
    done
    for configuration in "$work"/*/interop.conf; do
        if [[ -e $configuration ]]; then
            "$here/Servers/control" "$(sed -n 's/^server=//p' "$configuration")" stop "$(dirname "$configuration")"
        fi
    done
    rm -rf "$work"
}
trap stop_everything EXIT
trap 'exit 130' INT TERM

# Starts a server, or ends the program.
start_server() { "$here/Servers/control" "$1" start "$(folder "$1")"; }

# Installs what is missing and builds, for the tests or for the soak, and puts the folder of what was built into $built.
# PRESENCEKIT_BUILD_OPTIONS may have options of `swift build`, so that what is built already is used.
prepare() {
    local options
    read -ra options <<< "${PRESENCEKIT_BUILD_OPTIONS:-}"
    options+=(--package-path "$here")
    "$top/.ci/libxml2"
    "$here/Servers/install"
    swift build "${options[@]}" "$@"
    built=$(swift build "${options[@]}" --show-bin-path)
}
