package dev.claudemesh.protocol.invites;

import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the issuer of a v2 or v3 invite signs. Holds no secret.
///
/// @param version 2 when the owner signs, 3 when an admin does
/// @param expiresAt seconds since 1970
/// @param role what the newcomer becomes: admin or member
public record SignedInvite(
    int version, String meshId, String inviteId, long expiresAt, String role, PublicKey issuer) {
  public static final int BY_OWNER = 2;
  public static final int BY_ADMIN = 3;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");
  private static final Pattern CANONICAL =
      Pattern.compile(
          "v=([23])\\|([A-Za-z0-9_.:-]{1,128})\\|([A-Za-z0-9_.:-]{1,128})\\|(0|[1-9][0-9]{0,14})\\|(admin|member)\\|([0-9a-f]{64})");

  public SignedInvite {
    if (version != BY_OWNER && version != BY_ADMIN) {
      throw new IllegalArgumentException("Signed invites have version 2 or 3");
    }
    if (!ID.matcher(meshId).matches() || !ID.matcher(inviteId).matches()) {
      throw new IllegalArgumentException(
          "An id in an invite holds a character that an id cannot hold");
    }
    if (!role.equals("admin") && !role.equals("member")) {
      throw new IllegalArgumentException("An invite is for an admin or a member");
    }
    if (expiresAt < 0) {
      throw new IllegalArgumentException("An invite ends after 1970");
    }
  }

  /// Reads the signed text back; empty for anything that is not exactly such a text.
  public static Optional<SignedInvite> parse(String canonical) {
    Matcher parts = CANONICAL.matcher(canonical);
    return parts.matches()
        ? Optional.of(
            new SignedInvite(
                Integer.parseInt(parts.group(1)),
                parts.group(2),
                parts.group(3),
                Long.parseLong(parts.group(4)),
                parts.group(5),
                new PublicKey(parts.group(6))))
        : Optional.empty();
  }

  /// The text that is signed.
  public String canonical() {
    return version == BY_OWNER
        ? Canonical.inviteV2(meshId, inviteId, expiresAt, role, issuer.hex())
        : Canonical.inviteV3(meshId, inviteId, expiresAt, role, issuer.hex());
  }

  /// Signs it.
  ///
  /// @throws IllegalArgumentException if the key is not the issuer's
  public String sign(SecretKey key) {
    if (!key.publicKey().equals(issuer)) {
      throw new IllegalArgumentException("An invite is signed by its issuer");
    }
    return Keys.sign(key, canonical());
  }

  /// Whether the issuer signed exactly this.
  public boolean isSignedBy(String signature) {
    return Keys.verify(issuer, canonical(), signature);
  }
}
