package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Context;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteLink;
import dev.claudemesh.protocol.invites.InvitePayload;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.InviteToken;
import dev.claudemesh.protocol.invites.KeyProofs;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Becomes a member: makes a key, takes the invite with it, and checks that what comes back was
/// signed by whom it says.
final class Newcomer {
  private final Context context;
  private final String name;

  Newcomer(Context context, String name) {
    this.context = context;
    this.name = name;
  }

  /// A membership that was gained, not saved yet.
  record Taken(Membership membership, String displayName, String role, boolean alreadyMember) {}

  /// Takes a v2 or v3 invite by its code.
  Taken claim(InviteLink link, String code, URI broker) {
    try (BrokerHttp http = new BrokerHttp(broker)) {
      InviteReply.Preview offer =
          http.call(new InviteRequest.Preview(code), Optional.empty(), Map.of());
      SecretKey key = knownKey(broker, offer.meshSlug()).orElseGet(Keys::generate);
      String recipient = Keys.x25519Public(key);
      long now = context.clock().millis();
      InviteReply.Claimed claimed =
          http.call(
              new InviteRequest.Claim(
                  code,
                  recipient,
                  Optional.of(key.publicKey().hex()),
                  Optional.of(Keys.sign(key, Canonical.claim(code, recipient, now))),
                  Optional.of(now),
                  Optional.of(name)),
              Optional.empty(),
              Map.of());
      KeyProofs.refusal(link, claimed).ifPresent(Newcomer::refuse);
      Membership member =
          new Membership(
              claimed.meshId(),
              claimed.memberId(),
              claimed.meshSlug().orElse(offer.meshSlug()),
              claimed.meshName().orElse(offer.meshName()),
              key,
              broker,
              context.clock().instant(),
              Optional.of(new PublicKey(claimed.ownerPubkey())),
              keys(claimed, key));
      return new Taken(
          member,
          claimed.displayName().orElse(name),
          claimed.role().orElse(offer.role()),
          claimed.alreadyMember().orElse(false));
    }
  }

  /// Takes a v1 invite: the token is the invite, and names the broker.
  Taken join(String token) {
    InvitePayload payload = payload(token);
    URI broker = Brokers.webSocket(payload.brokerUrl());
    SecretKey key =
        context
            .config()
            .read()
            .byId(payload.meshId())
            .map(Membership::key)
            .orElseGet(Keys::generate);
    try (BrokerHttp http = new BrokerHttp(broker)) {
      InviteReply.Joined joined =
          http.call(
              new InviteRequest.Join(token, payload, key.publicKey().hex(), name),
              Optional.of(key),
              Map.of());
      Membership member =
          new Membership(
              payload.meshId(),
              joined.memberId(),
              payload.meshSlug(),
              payload.meshSlug(),
              key,
              broker,
              context.clock().instant(),
              Optional.of(new PublicKey(payload.ownerPubkey())),
              List.of(MeshKey.ofBase64Url(1, payload.meshRootKey())));
      return new Taken(member, name, payload.role(), joined.alreadyMember().orElse(false));
    }
  }

  private InvitePayload payload(String token) {
    InvitePayload payload =
        InviteToken.decode(token)
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.INVALID_ARGUMENT,
                    "The invite is not complete; copy the whole link again"));
    if (!InviteToken.isSigned(payload)) {
      refuse("its signature is wrong");
    }
    if (payload.expiresAt() < context.clock().instant().getEpochSecond()) {
      throw new Problem(
          ProblemCode.INVITE_EXPIRED,
          "The invite ended at "
              + Instant.ofEpochSecond(payload.expiresAt())
              + "; ask for a new one");
    }
    return payload;
  }

  /// Who is in the mesh already takes the invite with the key they have, so that they do not become
  /// two members.
  private Optional<SecretKey> knownKey(URI broker, String slug) {
    return context.config().read().memberships().stream()
        .filter(member -> member.slug().equals(slug) && member.brokerUrl().equals(broker))
        .map(Membership::key)
        .findFirst();
  }

  private static List<MeshKey> keys(InviteReply.Claimed claimed, SecretKey key) {
    if (claimed.sealedRootKey().isPresent()) {
      return MeshKey.openSealed(1, claimed.sealedRootKey().get(), key).stream().toList();
    }
    return claimed.epochKeys().orElse(List.of()).stream()
        .flatMap(sealed -> MeshKey.openSealed(sealed.epoch(), sealed.sealedKey(), key).stream())
        .toList();
  }

  private static void refuse(String why) {
    throw new Problem(
        ProblemCode.INVITE_BAD_SIGNATURE,
        "The invite cannot be trusted: "
            + why
            + ". Nothing was saved; ask whoever invited you whether the link is theirs");
  }
}
