/** What every TLS proxy of ours lets a page of a listed origin do. */
export const CORS = {
  methods: 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
  /** A browser takes no `*` for `authorization`; the others are what Chroma's clients send. */
  headers: 'authorization, content-type, x-chroma-token, traceparent, tracestate',
  /** Seconds for which a browser may keep the answer. */
  maxAge: '600',
} as const;
