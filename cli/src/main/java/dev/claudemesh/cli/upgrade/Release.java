package dev.claudemesh.cli.upgrade;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.lang.module.ModuleDescriptor.Version;
import java.net.URI;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A release as a feed tells of it. Pure.
///
/// @param archive where its `tar.gz` is
/// @param size of the archive, in bytes
/// @param sha256 of the archive, hex
/// @param signature Ed25519 over {@link #signed}, hex
record Release(String version, URI archive, long size, String sha256, String signature) {
  /// Largest archive that is taken, in bytes.
  static final long MOST = 512L << 20;

  private static final Pattern VERSION =
      Pattern.compile("\\d{1,6}\\.\\d{1,6}\\.\\d{1,6}(-[0-9A-Za-z.]{1,30})?");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /// Reads what a feed says.
  ///
  /// @param feed where it was said; the archive may stand relative to it
  /// @throws Problem `invalid` if that is no release
  static Release of(String json, URI feed) {
    try {
      JsonNode told = Wire.mapper().readTree(json);
      Release release =
          new Release(
              told.path("version").asString(""),
              feed.resolve(told.path("archive").asString("")),
              told.path("size").asLong(0),
              told.path("sha256").asString(""),
              told.path("signature").asString(""));
      if (VERSION.matcher(release.version).matches()
          && SHA256.matcher(release.sha256).matches()
          && release.size > 0
          && release.size <= MOST) {
        return release;
      }
    } catch (JacksonException | IllegalArgumentException e) {
      // Told below, as is what is JSON but no release.
    }
    throw new Problem(
        ProblemCode.INVALID_REQUEST,
        feed + " tells of no release: it has to name version, archive, size, sha256, signature");
  }

  /// What the signature is over: all that matters of a release.
  static String signed(String version, long size, String sha256) {
    return "claudemesh-release\n" + version + "\n" + size + "\n" + sha256;
  }

  /// @throws Problem `bad_signature` if it is not signed by that key
  void requireSignature(PublicKey key) {
    if (!Keys.verify(key, signed(version, size, sha256), signature)) {
      throw new Problem(
          ProblemCode.BAD_SIGNATURE,
          "The release "
              + version
              + " is not signed by the key you named ("
              + key.brief()
              + "). Nothing was changed");
    }
  }

  /// Positive if it is newer than a version, negative if it is older.
  int comparedTo(String other) {
    return Version.parse(version).compareTo(Version.parse(other));
  }
}
