import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Java's own trust manager as a verifier; README.md has the protocol. */
public class Verifier {
  private static final int LIMIT_MS = 10_000;

  public static void main(String[] args) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] fields = line.split("\t");
      System.out.println(judge(fields[0], fields[1], Integer.parseInt(fields[2]), fields[3]));
    }
  }

  private static String judge(String ca, String address, int port, String name) {
    try {
      verify(ca, address, port, name);
      return "OK";
    } catch (Exception error) {
      Throwable root = error;
      while (root.getCause() != null) root = root.getCause();
      return (error.getMessage() + ": " + root.getMessage()).replace('\n', ' ');
    }
  }

  private static void verify(String ca, String address, int port, String name) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust(ca).getTrustManagers(), null);
    try (Socket plain = new Socket()) {
      plain.setSoTimeout(LIMIT_MS);
      plain.connect(new InetSocketAddress(address, port), LIMIT_MS);
      SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
      SSLParameters parameters = socket.getSSLParameters();
      // Without this Java checks the chain and not the name.
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
    }
  }

  private static TrustManagerFactory trust(String ca) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (FileInputStream pem = new FileInputStream(ca)) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("ca-" + store.size(), each);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust;
  }
}
