# What `run` and `soak` have in common; they source it.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)

# The folders of the servers: `folder NAME`. Users of the servers' packages must be able to go through it.
work=$(mktemp -d)
chmod 711 "$work"
folder() { echo "$work/$1"; }

stop_servers() {
    local configuration
    for configuration in "$work"/*/interop.conf; do
        if [[ -e $configuration ]]; then
            "$here/Servers/control" "$(sed -n 's/^server=//p' "$configuration")" stop "$(dirname "$configuration")"
        fi
    done
    rm -rf "$work"
}
trap stop_servers EXIT
trap 'exit 130' INT TERM

# Starts a server, or ends the program.
start_server() { "$here/Servers/control" "$1" start "$(folder "$1")"; }

# Installs what is missing and builds, both for the tests and for the soak.
prepare() {
    "$top/.ci/libxml2"
    "$here/Servers/install"
    swift build --package-path "$here" "$@"
}
