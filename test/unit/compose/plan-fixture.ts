import { describeImage } from '../../../src/chroma/version.ts';
import { DATA_PATHS } from '../../../src/chroma/runtimes/compose/service-data.ts';
import { nameServices, type ComposePlan } from '../../../src/compose/compose-plan.ts';

/** A plan as the settings' defaults make it. */
export function plan(image: string, more: Partial<ComposePlan> = {}): ComposePlan {
  const capabilities = describeImage(image);
  return {
    names: nameServices('chroma'),
    image,
    capabilities,
    dataPaths: DATA_PATHS,
    hasData: false,
    tls: capabilities.ownTls ? 'uvicorn' : 'nginx',
    proxyImage: more.tls === 'envoy' ? 'envoyproxy/envoy:v1.40.0' : 'nginx:1.29-alpine',
    bindAddress: '127.0.0.1',
    port: 8000,
    certificatesFolder: './certs',
    domain: 'localhost',
    url: 'https://localhost:8000',
    checkedName: { kind: 'domain' },
    bearerToken: false,
    corsOrigins: [],
    keyEncrypted: false,
    ...more,
  };
}

/** The Compose file of the page this project began with, as it stands there. */
export const COOKBOOK_COMPOSE_FILE = `version: '3.9'

networks:
  net:
    driver: bridge

services:
  server:
    image: chromadb/chroma:0.5.13
    volumes:
      # Be aware that indexed data are located in "/chroma/chroma/"
      # Default configuration for persist_directory in chromadb/config.py
      # Read more about deployments: https://docs.trychroma.com/deployment
      - chroma-data:/chroma/chroma
    command: "--workers 1 --host 0.0.0.0 --port 8000 --proxy-headers --log-config chromadb/log_config.yml --timeout-keep-alive 30 --ssl-keyfile /chroma/certs/serverkey.pem --ssl-certfile /chroma/certs/servercert.pem"
    environment:
      - IS_PERSISTENT=TRUE
      - CHROMA_SERVER_AUTHN_PROVIDER=\${CHROMA_SERVER_AUTHN_PROVIDER}
      - CHROMA_SERVER_AUTHN_CREDENTIALS_FILE=\${CHROMA_SERVER_AUTHN_CREDENTIALS_FILE}
      - CHROMA_SERVER_AUTHN_CREDENTIALS=\${CHROMA_SERVER_AUTHN_CREDENTIALS}
      - CHROMA_AUTH_TOKEN_TRANSPORT_HEADER=\${CHROMA_AUTH_TOKEN_TRANSPORT_HEADER}
      - PERSIST_DIRECTORY=\${PERSIST_DIRECTORY:-/chroma/chroma}
      - CHROMA_OTEL_EXPORTER_ENDPOINT=\${CHROMA_OTEL_EXPORTER_ENDPOINT}
      - CHROMA_OTEL_EXPORTER_HEADERS=\${CHROMA_OTEL_EXPORTER_HEADERS}
      - CHROMA_OTEL_SERVICE_NAME=\${CHROMA_OTEL_SERVICE_NAME}
      - CHROMA_OTEL_GRANULARITY=\${CHROMA_OTEL_GRANULARITY}
      - CHROMA_SERVER_NOFILE=\${CHROMA_SERVER_NOFILE}
    restart: unless-stopped
    ports:
      - "8000:8000"
    healthcheck:
      # Adjust below to match your container port
      test: [ "CMD", "curl", "-f", "http://localhost:8000/api/v1/heartbeat" ]
      interval: 30s
      timeout: 10s
      retries: 3
    networks:
      - net

volumes:
  chroma-data:
    driver: local
`;
