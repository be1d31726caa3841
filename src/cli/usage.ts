/** What `--help` prints. */
export const USAGE = `chroma-tls: a local Chroma, reached over verified TLS

  chroma-tls generate          make a certificate into ./certs
  chroma-tls import FILE…      put a certificate, its key and its chain from these files in place
  chroma-tls export --form F --out FILE
                               save the certificate as F: pkcs12 (with its key), trust-store,
                               chain, der, ca-der, csr (a request for the key), signed (what
                               another's request, named last, becomes); pin is printed
  chroma-tls protect           give the key a passphrase or another one; --remove takes it away
  chroma-tls restore [BACKUP]  bring the newest backup back, or the one named; what is there
                               becomes one. --list shows them
  chroma-tls renew [--force]   renew the certificate where it came from if that is due, or with
                               --force at once; says when it is due. --print-timer systemd or
                               launchd prints what has that run it twice a day
  chroma-tls start [--wait]    start the server and wait for its first verified heartbeat,
                               with --wait or without
  chroma-tls stop              stop it; the data stays
  chroma-tls status [--json]   how it is; exits with 1 where it failed, cannot be reached or
                               cannot be asked for, or its certificate is broken, else with 0
  chroma-tls logs              its last log lines
  chroma-tls doctor [--json]   what is wrong between a client and the server, with its cure; exits
                               with 1 where something is broken. It changes nothing, and no
                               secret is in what it prints
  chroma-tls compose           write a Docker Compose file that does the same, or put
                               Chroma into the one there is
  chroma-tls clients --language L
                               print the code that connects a client over verified TLS;
                               without --language: show which there are
  chroma-tls env [--shell S] [--show-token]
                               print the lines that have clients verify the server in a shell:
                               bash (zsh, sh), fish or powershell; --show-token prints the token
  chroma-tls mcp               print what gives an assistant this server: Chroma's own
                               MCP server, as JSON for an editor's settings
  chroma-tls trust             have this machine's trust stores accept the certificate
  chroma-tls untrust           remove it from them
  chroma-tls request --directory D --email E --agree-tos
                               request a certificate from an ACME authority: D is staging or
                               production (Let's Encrypt), zerossl, google, or a URL. A request
                               that was broken off goes on where it was
  chroma-tls certbot           the same by certbot, whose command is shown before; options as for
                               request
  chroma-tls certbot --adopt [NAME]
                               take a certificate that certbot keeps and renews; without NAME:
                               show which there are
  chroma-tls aws import        put the certificate into AWS Certificate Manager, where the one
                               before it went; with --force as another one
  chroma-tls aws request [--wait]
                               order a certificate for the domain that can be exported, and show
                               its DNS records; --wait waits until AWS has issued it
  chroma-tls aws export        put a certificate of AWS and its key in place
  chroma-tls aws list [--json] what AWS has; --arn shows one of them whole

  chroma-tls clean [--data]    list what there is outside of this folder because of it (trust,
                               containers, the authority, logs, a private Chroma), and remove it
                               after a yes; the data goes only after a second yes, or with --data

  --domain NAME      set CHROMA_DOMAIN first
  --runtime R        auto, docker, compose, local or external
  --image IMAGE      such as chromadb/chroma:1.5.9
  --tls T            auto, uvicorn, nginx, envoy or embedded
  --nginx-image, --envoy-image IMAGE
  --container-command C   docker, podman, or a path
  --local-command C       the chroma program of the runtime local
  --port N           8000
  --bind-address A   127.0.0.1
  --token T          none, or generated: clients present a bearer token, which is made and kept
                     outside of this folder
  --cors-origin O    lets pages of this origin ask the server; may be repeated
  --name NAME        what the certificate is good for besides the domain; may be repeated.
                     Without it: localhost, 127.0.0.1 and ::1
  --discard-authority-key  generate: throw the authority's key away after signing
  --key-type T       ecdsa-p256, rsa-2048, rsa-3072 or rsa-4096
  --kind K           local-ca, self-signed or seed (as the Chroma cookbook's page makes it:
                     RSA-2048, 365 days, the domain alone)
  --engine E         builtin, openssl or docker
  --days N           365
  --folder F         certs
  --bearer-token     compose: the same as --token generated; the token is CHROMA_TOKEN of .env
  --separate         compose: write docker-compose.chroma.yml, whatever else there is
  --challenge C      request, certbot: how the names are proved: http-01, dns-01 or tls-alpn-01
  --http-port N      http-01: what port 80 of the name leads to here
  --tls-port N       tls-alpn-01: what port 443 of the name leads to here
  --webroot D        http-01: the folder that your web server serves
  --dns-hook P       dns-01: the program that sets the record
  --profile P        request: one of the directory's profiles, such as shortlived;
                     aws: a profile of ~/.aws/config
  --eab-kid K --eab-hmac-file F   the account that the authority wants you to have
  --directory-root F  roots of an authority of your own: of its directory's TLS, and of what
                     it issues
  --config-dir DIR   certbot: its configuration, where that is not /etc/letsencrypt
  --region R         aws: the region, such as eu-west-1
  --arn A            aws: a certificate there
  --endpoint-url U   aws: ask this server instead of AWS
  --yes              answer yes to what would be asked

  CHROMA_TLS_KEY_PASSPHRASE in the environment: the key's passphrase, where it has one
  CHROMA_TLS_NEW_PASSPHRASE: protect, export: the passphrase to set
`;
