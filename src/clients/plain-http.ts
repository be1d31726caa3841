import { when, type Client } from './client.ts';

/** https://docs.ruby-lang.org/en/master/Net/HTTP.html; the authority takes the place of the system's. */
export const RUBY: Client = {
  id: 'ruby',
  name: 'Ruby (net/http)',
  syntax: 'ruby',
  languages: ['ruby'],
  verification: 'option',
  before: when(
    'rust',
    'These lines need no gem: chroma-db asks for the API v1, which Chroma 1.x has no more.',
  ),
  code: [
    'require "json"',
    'require "net/http"',
    '',
    'collections = URI(«collections»)',
    'client = Net::HTTP.new(collections.hostname, collections.port)',
    'client.use_ssl = true',
    ...when('ca', 'client.ca_file = «ca»'),
    'headers = { "Content-Type" => "application/json" }',
    ...when('token', 'headers["Authorization"] = "Bearer #{ENV.fetch("«token»")}"'),
    'post = lambda do |path, body|',
    '  answer = client.post(collections.path + path, JSON.generate(body), headers)',
    '  answer.value # raises for an error status',
    '  JSON.parse(answer.body)',
    'end',
  ],
  example: [
    '',
    'id = post.call("", { name: "example", get_or_create: true })["id"]',
    'post.call("/#{id}/upsert", { ids: ["one"], documents: ["one"], embeddings: [[1, 0, 0]] })',
    'puts post.call("/#{id}/query", { query_embeddings: [[1, 0, 0]], n_results: 1 })["documents"]',
  ],
};

/**
 * https://learn.microsoft.com/dotnet/api/system.net.security.sslclientauthenticationoptions.certificatechainpolicy,
 * which leaves the check of the name as it is, as a callback would not.
 */
export const DOTNET: Client = {
  id: 'dotnet',
  name: '.NET (HttpClient)',
  syntax: 'csharp',
  languages: ['csharp'],
  verification: 'option',
  before: [
    '.NET 8 or newer: dotnet new console',
    ...when(
      'rust',
      'These lines need no package: ChromaDB.Client asks for the API v1, which Chroma 1.x has no more.',
    ),
  ],
  code: [
    'using System.Net.Http.Json;',
    ...when('ca', 'using System.Security.Cryptography.X509Certificates;'),
    'using System.Text.Json;',
    '',
    'var handler = new SocketsHttpHandler();',
    ...when(
      'ca',
      'handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy',
      '{',
      '    TrustMode = X509ChainTrustMode.CustomRootTrust,',
      '    // This authority publishes no list of revoked certificates.',
      '    RevocationMode = X509RevocationMode.NoCheck,',
      '};',
      'handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(«ca»);',
    ),
    'using var client = new HttpClient(handler) { BaseAddress = new Uri(«collections») };',
    ...when(
      'token',
      'client.DefaultRequestHeaders.Authorization = new("Bearer", Environment.GetEnvironmentVariable("«token»"));',
    ),
    '',
    'async Task<JsonElement> Post(string path, object body)',
    '{',
    '    var answer = await client.PostAsJsonAsync(path, body);',
    '    answer.EnsureSuccessStatusCode();',
    '    return await answer.Content.ReadFromJsonAsync<JsonElement>();',
    '}',
  ],
  example: [
    '',
    'float[][] embeddings = [[1, 0, 0]];',
    'string[] one = ["one"];',
    'var collection = await Post("collections", new { name = "example", get_or_create = true });',
    'var id = collection.GetProperty("id").GetString();',
    'await Post($"collections/{id}/upsert", new { ids = one, documents = one, embeddings });',
    'var found = await Post($"collections/{id}/query", new { query_embeddings = embeddings, n_results = 1 });',
    'Console.WriteLine(found.GetProperty("documents"));',
  ],
};
