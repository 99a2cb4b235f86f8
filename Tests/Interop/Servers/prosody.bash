# How `control` runs Prosody.
account=prosody

# The hosts keep passwords by another hash each, so that both variants of SCRAM are offered by one of them.
configure() {
    cat > "$folder/prosody.cfg.lua" << CFG
-- For whoever is root and has no user prosody.
run_as_root = true
data_path = "$folder/data"
log = { info = "$folder/server.log" }
interfaces = { "127.0.0.1" }
c2s_ports = { $port }
c2s_direct_tls_ports = { $tls_port }
component_interfaces = { "127.0.0.1" }
component_ports = { $component_port }
-- The module stays loaded, so that there are errors of other servers.
s2s_ports = {}
modules_enabled = {
    "roster"; "saslauth"; "tls"; "disco"; "ping"; "version"; "register"; "register_ibr"; "blocklist"; "smacks"; "carbons";
}
modules_disabled = { "posix" }
ssl = { certificate = "$folder/certificates/server.pem"; key = "$folder/certificates/server.key"; }
c2s_direct_tls_ssl = { certificate = "$folder/certificates/server.pem"; key = "$folder/certificates/server.key"; }
certificates = "$folder/certificates"
c2s_require_encryption = true
authentication = "internal_hashed"
password_hash = "SHA-256"
storage = "internal"
allow_registration = true
registration_throttle_max = 1000000
registration_throttle_period = 1
c2s_stanza_size_limit = 10 * 1024 * 1024
component_stanza_size_limit = 10 * 1024 * 1024
network_settings = { tcp_backlog = 128 }
VirtualHost "$host"
VirtualHost "$other"
    password_hash = "SHA-1"
Component "$rooms" "muc"
    restrict_room_creation = false
Component "$component"
    component_secret = "$secret"
CFG
}

# An account with a roster of 5,000, in the form of Prosody's own files: it writes all of a roster for each change of one,
# so that to fill it takes minutes. `control` writes what is printed into interop.conf.
fill() {
    local data=$folder/data/${host//./%2e}
    mkdir -p "$data/accounts" "$data/roster"
    echo "return { password = \"$secret\"; };" > "$data/accounts/large.dat"
    {
        echo 'return { [false] = { version = 5000; };'
        for number in $(seq 0 4999); do
            echo "[\"contact$number@capulet.test\"] = { subscription = \"none\"; name = \"Contact $number\";"
            echo "groups = { [\"Group $((number % 50))\"] = true; }; };"
        done
        echo '};'
    } > "$data/roster/large.dat"
    echo "large=large@$host"
    echo "largePassword=$secret"
}

launch() { become prosody --config "$folder/prosody.cfg.lua" -F; }
