#!/bin/sh
# Settings: REGISTRY_LOGIN=user:password asks for it; TLS_ADDRESS=10.0.0.1 serves TLS by that address, with a
# certificate of an authority that is made now and left in /registry/ca.crt.
set -eu
cd /registry
export REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/registry/images REGISTRY_HTTP_ADDR=0.0.0.0:5000
if [ -n "${REGISTRY_LOGIN:-}" ]; then
  htpasswd -Bbn "${REGISTRY_LOGIN%%:*}" "${REGISTRY_LOGIN#*:}" >passwords
  export REGISTRY_AUTH=htpasswd REGISTRY_AUTH_HTPASSWD_REALM=gauntlet REGISTRY_AUTH_HTPASSWD_PATH=/registry/passwords
fi
if [ -n "${TLS_ADDRESS:-}" ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=gauntlet test authority' -keyout ca.key -out ca.crt 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj '/CN=registry' -keyout tls.key -out tls.csr 2>/dev/null
  printf 'subjectAltName=IP:%s' "$TLS_ADDRESS" >names
  openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out tls.crt 2>/dev/null
  export REGISTRY_HTTP_TLS_CERTIFICATE=/registry/tls.crt REGISTRY_HTTP_TLS_KEY=/registry/tls.key
fi
cat >config.yml <<YAML
version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: {} }
http: {}
YAML
exec docker-registry serve config.yml
