import { main as run, type Verbs } from './main.ts';

const EVERY: Required<Verbs> = {
  generate: async () => (await import('../verbs.ts')).generate,
  start: async () => (await import('../verbs.ts')).start,
  stop: async () => (await import('../verbs.ts')).stop,
  status: async () => (await import('../verbs.ts')).status,
  logs: async () => (await import('../verbs.ts')).logs,
  import: async () => (await import('../import-verb.ts')).importFiles,
  export: async () => (await import('../export-verb.ts')).exportFile,
  protect: async () => (await import('../import-verb.ts')).protect,
  restore: async () => (await import('../restore-verb.ts')).restore,
  doctor: async () => (await import('../doctor-verb.ts')).doctor,
  compose: async () => (await import('../compose-verb.ts')).compose,
  clients: async () => (await import('../clients-verb.ts')).clients,
  env: async () => (await import('../env-verb.ts')).env,
  mcp: async () => (await import('../mcp-verb.ts')).mcp,
  trust: async () => (await import('../trust-verbs.ts')).trust,
  untrust: async () => (await import('../trust-verbs.ts')).untrust,
  certbot: async () => (await import('../public/certbot-verb.ts')).certbot,
  renew: async () => (await import('../public/renew-verb.ts')).renew,
  request: async () => (await import('../public/request-verb.ts')).request,
  clean: async () => (await import('../clean-verb.ts')).clean,
  aws: async () => (await import('../public/aws-verb.ts')).aws,
};

export const main = run.bind(undefined, EVERY);
