package dev.claudemesh.cli.upgrade;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;

/// Gets a feed and an archive over HTTPS; over plain HTTP from this machine only.
final class Fetch implements AutoCloseable {
  private static final int MOST_FEED = 64 << 10;
  private static final int CHUNK = 64 << 10;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Set<String> HERE = Set.of("127.0.0.1", "[::1]", "localhost");

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(10))
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  /// @throws Problem `unreachable`, or `invalid_argument` for an address that is not taken
  String text(URI url) throws InterruptedException {
    try (InputStream in = open(url)) {
      byte[] bytes = in.readNBytes(MOST_FEED + 1);
      if (bytes.length > MOST_FEED) {
        throw new Problem(ProblemCode.TOO_LARGE, url + " is no feed: it is too long");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw away(url, e);
    }
  }

  /// Gets an archive into a file; what is not exactly what was signed is a problem.
  ///
  /// @throws Problem `unreachable` if it broke off, `bad_signature` if it is another one
  void archive(Release release, Path file) throws InterruptedException {
    MessageDigest sha256 = sha256();
    long size = 0;
    try (InputStream in = open(release.archive());
        OutputStream out = Files.newOutputStream(file)) {
      byte[] chunk = new byte[CHUNK];
      for (int read = in.read(chunk); read >= 0 && size <= release.size(); read = in.read(chunk)) {
        out.write(chunk, 0, read);
        sha256.update(chunk, 0, read);
        size += read;
      }
    } catch (IOException e) {
      throw away(release.archive(), e);
    }
    if (size < release.size()) {
      throw new Problem(
          ProblemCode.UNREACHABLE,
          release.archive()
              + " broke off after "
              + size
              + " of "
              + release.size()
              + " bytes. Nothing was changed; try again");
    }
    if (size > release.size()
        || !HexFormat.of().formatHex(sha256.digest()).equals(release.sha256())) {
      throw new Problem(
          ProblemCode.BAD_SIGNATURE,
          release.archive()
              + " is not what was signed (its SHA-256 is another). Nothing was changed");
    }
  }

  private InputStream open(URI url) throws IOException, InterruptedException {
    check(url);
    HttpRequest request = HttpRequest.newBuilder(url).timeout(PATIENCE).build();
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      response.body().close();
      throw new Problem(
          ProblemCode.UNREACHABLE, url + " answers " + response.statusCode() + ", not a release");
    }
    return response.body();
  }

  /// @throws Problem `invalid_argument` if it is not taken
  static void check(URI url) {
    boolean secure = "https".equals(url.getScheme()) && url.getHost() != null;
    boolean here = "http".equals(url.getScheme()) && HERE.contains(url.getHost());
    if (!secure && !here) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT,
          "\"" + url + "\" is no https address; releases come by those");
    }
  }

  private static Problem away(URI url, IOException why) {
    return new Problem(
        ProblemCode.UNREACHABLE,
        url + " cannot be read (" + why.getMessage() + "). Nothing was changed");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has it", e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
