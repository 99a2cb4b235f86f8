# How `control` runs ejabberd: by Erlang itself, as a node without a name. So there is no epmd, which would listen on all
# interfaces and outlive the server, no cookie, and nothing that wants to be root.
account=ejabberd

# The hosts keep passwords by another hash each, so that both variants of SCRAM are offered by one of them. Versions are
# random ids: hashes of the whole roster make 5,000 changes take minutes. A shaper is not among the defaults: 3 kB a
# second would be its.
configure() {
    cat > "$folder/ejabberd.yml" << CFG
hosts: [$host, $other]
loglevel: info
certfiles: [$folder/certificates/both.pem]
ca_file: $folder/certificates/ca.pem
listen:
  - {port: $port, ip: "127.0.0.1", module: ejabberd_c2s, starttls: true, starttls_required: true,
     max_stanza_size: 10485760}
  - {port: $tls_port, ip: "127.0.0.1", module: ejabberd_c2s, tls: true, max_stanza_size: 10485760}
  - {port: $component_port, ip: "127.0.0.1", module: ejabberd_service, check_from: true,
     hosts: {$component: {password: $secret}}}
auth_method: internal
auth_password_format: scram
auth_scram_hash: sha256
host_config:
  $other: {auth_scram_hash: sha}
s2s_access: all
s2s_dns_timeout: 1
acl: {loopback: {ip: [127.0.0.0/8]}}
access_rules: {from_loopback: {allow: loopback}}
registration_timeout: infinity
modules:
  mod_blocking: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_disco: {}
  mod_muc: {host: $rooms}
  mod_ping: {}
  mod_privacy: {}
  mod_register: {ip_access: from_loopback, welcome_message: {subject: "", body: ""}}
  mod_roster: {versioning: true, store_current_id: true}
  mod_stream_mgmt: {}
  mod_version: {}
CFG
}

fill() { :; }

launch() {
    become env "ERL_LIBS=/usr/lib/$(uname -m)-linux-gnu" "EJABBERD_CONFIG_PATH=$folder/ejabberd.yml" \
        "EJABBERD_LOG_PATH=$folder/server.log" "ERL_CRASH_DUMP=$folder/crash.dump" \
        erl +S 2:2 -noinput -mnesia dir "\"$folder/data\"" -s ejabberd
}
