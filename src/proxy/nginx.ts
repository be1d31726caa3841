/** The port nginx speaks TLS on inside the server's network namespace. */
export const NGINX_TLS_PORT = 8443;

/**
 * The whole nginx configuration of a proxy that shares Chroma's network namespace.
 *
 * @param chromaPort the port Chroma listens on, on that namespace's loopback
 */
export function renderNginxConfig(chromaPort: number): string {
  return `worker_processes auto;
error_log /dev/stderr warn;
pid /tmp/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  server {
    listen ${NGINX_TLS_PORT} ssl;
    listen [::]:${NGINX_TLS_PORT} ssl;
    ssl_certificate /certs/servercert.pem;
    ssl_certificate_key /certs/serverkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    # Chroma has its own limit of 40 MB; nginx's default of 1 MB breaks bulk adds.
    client_max_body_size 0;
    proxy_request_buffering off;
    proxy_buffering off;
    proxy_read_timeout 600s;
    proxy_send_timeout 600s;
    location / {
      proxy_pass http://127.0.0.1:${chromaPort};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`;
}
