package dev.claudemesh.bench.mesh;

import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteCode;
import dev.claudemesh.protocol.invites.InviteLink;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.SignedInvite;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// Makes meshes and members through the broker's public HTTP calls, as the CLI does.
public final class Meshes {
  private static final long INVITE_SECONDS = 3_600;
  private static final String MEMBER = "member";
  private static final String LETTERS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final SplittableRandom RANDOM = new SplittableRandom();

  private Meshes() {}

  /// Makes a mesh with an owner and further members, each let in by an invite.
  public static List<MemberKeys> found(URI broker, int members) {
    try (BrokerHttp http = new BrokerHttp(broker)) {
      MemberKeys owner = create(http);
      List<MemberKeys> all = new ArrayList<>(List.of(owner));
      if (members > 1) {
        String code = invite(http, owner, members - 1);
        for (int i = 1; i < members; i++) {
          all.add(claim(http, code, i));
        }
      }
      return all;
    }
  }

  /// Makes meshes that have nobody but their owner.
  public static List<MemberKeys> founders(URI broker, int meshes) {
    try (BrokerHttp http = new BrokerHttp(broker)) {
      List<MemberKeys> owners = new ArrayList<>();
      for (int i = 0; i < meshes; i++) {
        owners.add(create(http));
      }
      return owners;
    }
  }

  /// Takes an invite of a mesh that somebody else made.
  ///
  /// @throws dev.claudemesh.protocol.Problem if it cannot be taken
  public static MemberKeys join(URI broker, String invite) {
    InviteLink link = InviteLink.parse(invite);
    if (!(link.kind() instanceof InviteLink.Kind.Code(String code))) {
      throw new IllegalArgumentException("--invite takes a link with a code; make one anew");
    }
    try (BrokerHttp http = new BrokerHttp(broker)) {
      return claim(http, code, 0);
    }
  }

  private static MemberKeys create(BrokerHttp http) {
    SecretKey key = Keys.generate();
    PublicKey owner = key.publicKey();
    String meshId = id();
    String sealed = MeshKey.generate(1).sealTo(owner);
    EpochKey first =
        new EpochKey(
            1, sealed, owner.hex(), Keys.sign(key, Canonical.seal(meshId, 1, owner.hex(), sealed)));
    MeshReply.Created made =
        http.call(
            new MeshRequest.Create(
                "bench " + meshId,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("Olga"),
                Optional.of(meshId),
                Optional.of(owner.hex()),
                Optional.of(first),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            Optional.of(key),
            Map.of());
    return new MemberKeys(made.id(), made.memberId(), key);
  }

  private static String invite(BrokerHttp http, MemberKeys owner, int uses) {
    SignedInvite invite =
        new SignedInvite(
            SignedInvite.BY_OWNER,
            owner.meshId(),
            id(),
            Instant.now().getEpochSecond() + INVITE_SECONDS,
            MEMBER,
            owner.key().publicKey());
    InviteReply.Created made =
        http.call(
            new InviteRequest.Create(
                Optional.of(invite.inviteId()),
                Optional.of(InviteCode.generate()),
                Optional.of(invite.version()),
                Optional.of(invite.canonical()),
                Optional.of(invite.sign(owner.key())),
                Optional.empty(),
                Optional.of(MEMBER),
                Optional.of(invite.expiresAt()),
                Optional.of(uses),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            Optional.of(owner.key()),
            Map.of("mesh", owner.meshId()));
    return made.code();
  }

  private static MemberKeys claim(BrokerHttp http, String code, int number) {
    SecretKey key = Keys.generate();
    String recipient = Keys.x25519Public(key);
    long now = System.currentTimeMillis();
    InviteReply.Claimed claimed =
        http.call(
            new InviteRequest.Claim(
                code,
                recipient,
                Optional.of(key.publicKey().hex()),
                Optional.of(Keys.sign(key, Canonical.claim(code, recipient, now))),
                Optional.of(now),
                Optional.of("member " + number)),
            Optional.empty(),
            Map.of());
    return new MemberKeys(claimed.meshId(), claimed.memberId(), key);
  }

  private static String id() {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < 32; i++) {
      id.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
    }
    return id.toString();
  }
}
